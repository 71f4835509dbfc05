import { logGamma } from '../../drift/special/log-gamma.ts';

/** From shares that are wholly off, seen in a handful of leads, to those off by a hundredth, seen in many. */
const CONCENTRATIONS = [10, 100, 1_000, 10_000] as const;
const ALMOST_ALL = 0.999;

/**
 * p of `hits` of `size`, were the share `planned`, that may be looked at after every lead: it ever falls below α with
 * probability at most α. A fixed p, looked at each half minute of a day, would fall below .001 in one of thirty tests
 * that are as planned.
 *
 * The likelihood ratio of any other share against the planned one is a fair bet, and so is the mean of such bets over
 * shares drawn from beta distributions around the plan, Beta(c·planned, c·(1 − planned)) for several c; p is 1 by what
 * the bet has made of 1 (Ville). A plan of all leads is taken as one of nearly all: a lead that a
 * batch under way has scored as before is no proof. O(1).
 * Source: Lindon and Malek, "Anytime-valid inference for multinomial count data" (NeurIPS 2022).
 */
export function sequentialShareP(hits: number, size: number, planned: number): number {
  if (hits === size && planned >= 1) return 1;
  const share = Math.min(planned, ALMOST_ALL);
  const others = size - hits;
  const fromPlan = hits * Math.log(share) + others * Math.log1p(-share);
  const bets = CONCENTRATIONS.map((concentration) => {
    const [a, b] = [concentration * share, concentration * (1 - share)];
    return Math.exp(logBeta(hits + a, others + b) - logBeta(a, b) - fromPlan);
  });
  return Math.min(1, CONCENTRATIONS.length / bets.reduce((sum, bet) => sum + bet, 0));
}

function logBeta(a: number, b: number): number {
  return logGamma(a) + logGamma(b) - logGamma(a + b);
}
