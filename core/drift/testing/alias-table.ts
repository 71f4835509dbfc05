import type { Random } from './random.ts';

/** Draws so many indices by fixed weights, each from one uniform in O(1), and adds them up in `counts`. */
export type AliasTable = (rows: number, random: Random, counts: Float64Array) => void;

/**
 * The alias method: each of K equally likely slots holds its own index up to some share and another's above it.
 * Made in O(K). Source: Walker (1977), Vose (1991).
 */
export function createAliasTable(weights: Float64Array): AliasTable {
  const size = weights.length;
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const share = weights.map((weight) => (weight * size) / total);
  const alias = new Int32Array(size);
  const poor: number[] = [];
  const rich: number[] = [];
  for (const [i, scaled] of share.entries()) (scaled < 1 ? poor : rich).push(i);
  while (poor.length > 0 && rich.length > 0) {
    const [from, to] = [poor.pop() ?? 0, rich.pop() ?? 0];
    alias[from] = to;
    share[to] = (share[to] ?? 0) - (1 - (share[from] ?? 0));
    (share[to] < 1 ? poor : rich).push(to);
  }
  // What is left is 1 but for rounding.
  for (const i of [...poor, ...rich]) share[i] = 1;
  return (rows, random, counts) => {
    for (let row = 0; row < rows; row++) {
      const scaled = random.uniform() * size;
      const slot = Math.floor(scaled);
      const drawn = scaled - slot < (share[slot] ?? 1) ? slot : (alias[slot] ?? slot);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
  };
}
