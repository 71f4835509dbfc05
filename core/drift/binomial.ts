/** A weight below this share of the first one's can't change the sum in double precision. */
const NEGLIGIBLE = 1e-18;

/**
 * The probability of `hits` or more of `size`, each with the probability `share`: the p of a share above a given one.
 * 1 where `hits` is 0. Weights are taken relative to the mode's and walked by their exact ratios, so no factorial is
 * ever formed. O(√size), and as far as `hits` lies from the mode. Source: SciPy's `binom.sf`.
 */
export function binomialUpperTail(hits: number, size: number, share: number): number {
  if (hits <= 0 || share >= 1) return 1;
  if (share <= 0 || hits > size) return 0;
  const odds = share / (1 - share);
  const ratioUp = (x: number): number => ((size - x) / (x + 1)) * odds;
  const mode = Math.min(size, Math.floor((size + 1) * share));
  let all = 0;
  let above = 0;
  for (let x = mode, weight = 1; x >= 0 && weight > NEGLIGIBLE; x -= 1) {
    all += weight;
    if (x >= hits) above += weight;
    weight /= ratioUp(x - 1);
  }
  let atHits = 0;
  for (let x = mode + 1, weight = ratioUp(mode); x <= size && weight > 0; x += 1) {
    all += weight;
    if (x >= hits) {
      above += weight;
      atHits ||= weight;
      if (weight < atHits * NEGLIGIBLE) break;
    }
    weight *= ratioUp(x);
  }
  return above / all;
}
