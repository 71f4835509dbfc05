/** Tables whose probability is this close to the observed one's count as equally likely (rounding of ties). */
const TIE = 1e-10;

/** Weights below this share of the mode's can't change the p in double precision. */
const NEGLIGIBLE = 1e-25;

/**
 * Fisher's exact test of the 2×2 table [[a, b], [c, d]] of counts, two-sided: the probability, with all margins
 * fixed, of a table no more likely than this one. 1 where a margin is empty. Exact where χ² isn't to be trusted:
 * some expectation below 5.
 *
 * Hypergeometric weights are taken relative to the mode's and walked outwards by their exact ratios, so no
 * factorial is ever formed. O(smallest margin). Source: Fisher (1935); R's and SciPy's `fisher_exact`.
 */
export function fisherExact(a: number, b: number, c: number, d: number): number {
  const row = a + b;
  const column = a + c;
  const total = row + c + d;
  const lowest = Math.max(0, row + column - total);
  const highest = Math.min(row, column);
  if (lowest === highest) return 1;
  const mode = Math.min(highest, Math.max(lowest, Math.floor(((row + 1) * (column + 1)) / (total + 2))));
  const ratioUp = (x: number): number =>
    ((row - x) * (column - x)) / ((x + 1) * (total - row - column + x + 1));
  const observed = weightAt(a, mode, ratioUp);
  const limit = observed * (1 + TIE);
  let all = 0;
  let unlikely = 0;
  const count = (weight: number): boolean => {
    all += weight;
    if (weight <= limit) unlikely += weight;
    return weight > Math.min(NEGLIGIBLE, observed * NEGLIGIBLE);
  };
  for (let x = mode, weight = 1; x <= highest && count(weight); x++) weight *= ratioUp(x);
  for (let x = mode - 1, weight = 1 / ratioUp(mode - 1); x >= lowest && count(weight); x--)
    weight /= ratioUp(x - 1);
  return Math.min(1, unlikely / all);
}

function weightAt(x: number, mode: number, ratioUp: (x: number) => number): number {
  let weight = 1;
  for (let i = mode; i < x; i++) weight *= ratioUp(i);
  for (let i = mode; i > x; i--) weight /= ratioUp(i - 1);
  return weight;
}
