/** A large sample in four numbers; tools/vectors/make_vectors.py follows the same recipe. */
export interface SampleRecipe {
  readonly size: number;
  readonly step: number;
  readonly modulus: number;
  readonly shift: number;
}

/** Value i is `(i · step mod modulus) / modulus + shift`. */
export function sampleOf({ size, step, modulus, shift }: SampleRecipe): number[] {
  return Array.from({ length: size }, (_, i) => ((i * step) % modulus) / modulus + shift);
}
