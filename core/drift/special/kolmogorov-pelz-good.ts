const PI2 = Math.PI ** 2;
const PI4 = Math.PI ** 4;
const PI6 = Math.PI ** 6;
const SQRT_TWO_PI = Math.sqrt(2 * Math.PI);

/**
 * P(D_n ≤ d) for large n: K₀(z) + K₁(z)/√n + K₂(z)/n + K₃(z)/n^1.5 with z = d√n, where K₀ is Kolmogorov's limit and
 * the others correct it; theta-transformed, so that a few terms do. Error below 1e-5 at n = 140, falling with n.
 * Source: Pelz and Good (1976), as in Simard and L'Ecuyer (2011).
 */
export function pelzGoodCdf(n: number, d: number): number {
  const z = d * Math.sqrt(n);
  const terms = Math.ceil((16 * z) / Math.PI);
  let [k0, k1, k2, k3] = [0, 0, 0, 0];
  for (let k = 1; k <= terms; k++) {
    const odd2 = (2 * k - 1) ** 2;
    const weight = Math.exp((-PI2 * odd2) / (8 * z ** 2));
    k0 += weight;
    k1 += weight * (PI2 * odd2 * 0.25 - z ** 2);
    k2 += weight * secondOrder(z, odd2);
    k3 += weight * thirdOrder(z, odd2);
  }
  const [more2, more3] = evenTerms(z, terms);
  const second = (k2 * SQRT_TWO_PI) / (72 * z ** 7) + more2;
  const third = (k3 * SQRT_TWO_PI) / (6480 * z ** 10) + more3;
  return (
    (k0 * SQRT_TWO_PI) / z + (k1 * SQRT_TWO_PI) / (6 * z ** 4) / Math.sqrt(n) + second / n + third / n ** 1.5
  );
}

function secondOrder(z: number, odd2: number): number {
  return (
    6 * z ** 6 +
    2 * z ** 4 +
    ((2 * z ** 4 - 5 * z ** 2) * PI2 * odd2) / 4 +
    (PI4 * (1 - 2 * z ** 2) * odd2 ** 2) / 16
  );
}

function thirdOrder(z: number, odd2: number): number {
  return (
    (PI6 * (5 - 30 * z ** 2) * odd2 ** 3) / 64 +
    (PI4 * (-60 * z ** 2 + 212 * z ** 4) * odd2 ** 2) / 16 +
    (PI2 * (135 * z ** 4 - 96 * z ** 6) * odd2) / 4 -
    30 * z ** 6 -
    90 * z ** 8
  );
}

/** What K₂ and K₃ have beside their sums over odd numbers. */
function evenTerms(z: number, terms: number): readonly [second: number, third: number] {
  let second = 0;
  let third = 0;
  for (let k = 1; k <= terms; k++) {
    const weight = k ** 2 * Math.exp((-PI2 * k ** 2) / (2 * z ** 2));
    second += weight;
    third += weight * (3 * z ** 2 - PI2 * k ** 2);
  }
  return [(-PI2 * SQRT_TWO_PI * second) / (36 * z ** 3), (PI2 * SQRT_TWO_PI * third) / (216 * z ** 6)];
}
