/** Seeded randomness for simulations: the same seed gives the same draws everywhere. */
export interface Random {
  /** Uniform in [0, 1). */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** Index i with probability `weights[i] / total`. */
  pick(weights: readonly number[]): number;
}

/** Mulberry32 (T. Ettinger) for uniforms, Box and Muller (1958) for normals. */
export function createRandom(seed: number): Random {
  // Signed: a whole number beyond 2³¹ would be a new object on the heap with each draw.
  let state = seed | 0;
  const uniform = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  return {
    uniform,
    normal: () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform()),
    pick(weights) {
      let rest = uniform() * weights.reduce((total, weight) => total + weight, 0);
      return Math.max(
        0,
        weights.findIndex((weight) => (rest -= weight) < 0),
      );
    },
  };
}
