/** A square matrix, row by row, times 2^exponent. */
interface ScaledMatrix {
  readonly cells: Float64Array;
  readonly exponent: number;
}

const RESCALE_ABOVE = 2 ** 128;
const RESCALE_BITS = 128;

/**
 * P(D_n ≤ d), exactly: n!/nⁿ times the middle cell of the n-th power of Durbin's matrix H of size 2⌈nd⌉ − 1.
 * O((nd)³ log n), so for small n d. Source: Marsaglia, Tsang, Wang (2003), J. Stat. Softw. 8/18.
 */
export function durbinCdf(n: number, d: number): number {
  const k = Math.ceil(n * d);
  const size = 2 * k - 1;
  const power = powerOf({ cells: durbinMatrix(k, k - n * d), exponent: 0 }, n, size);
  let p = power.cells[(k - 1) * size + (k - 1)] ?? 0;
  let exponent = power.exponent;
  for (let i = 1; i <= n; i++) {
    p = (p * i) / n;
    if (p < 1 / RESCALE_ABOVE) {
      p *= RESCALE_ABOVE;
      exponent -= RESCALE_BITS;
    }
  }
  return p * 2 ** exponent;
}

/** Hᵢⱼ = 1/(i−j+1)! up to the first superdiagonal; first column and last row corrected for h = ⌈nd⌉ − nd. */
function durbinMatrix(k: number, h: number): Float64Array {
  const size = 2 * k - 1;
  const inverseFactorial = [1];
  for (let i = 1; i <= size; i++) inverseFactorial.push((inverseFactorial[i - 1] ?? 0) / i);
  const cells = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= Math.min(i + 1, size - 1); j++)
      cells[i * size + j] = inverseFactorial[i - j + 1] ?? 0;
  }
  for (let i = 0; i < size; i++) {
    const corner = i === size - 1 ? Math.max(2 * h - 1, 0) ** size - h ** size : 0;
    const edge = (1 - h ** (i + 1) + corner) * (inverseFactorial[i + 1] ?? 0);
    cells[i * size] = edge;
    cells[(size - 1) * size + (size - 1 - i)] = edge;
  }
  return cells;
}

function powerOf(matrix: ScaledMatrix, n: number, size: number): ScaledMatrix {
  if (n === 1) return matrix;
  const half = powerOf(matrix, Math.floor(n / 2), size);
  const square = multiply(half, half, size);
  return n % 2 === 0 ? square : multiply(square, matrix, size);
}

function multiply(a: ScaledMatrix, b: ScaledMatrix, size: number): ScaledMatrix {
  const cells = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < size; k++) {
      const aik = a.cells[i * size + k] ?? 0;
      if (aik === 0) continue;
      for (let j = 0; j < size; j++) {
        cells[i * size + j] = (cells[i * size + j] ?? 0) + aik * (b.cells[k * size + j] ?? 0);
      }
    }
  }
  const exponent = a.exponent + b.exponent;
  const middle = cells[((size - 1) / 2) * (size + 1)] ?? 0;
  if (middle <= RESCALE_ABOVE) return { cells, exponent };
  return { cells: cells.map((cell) => cell / RESCALE_ABOVE), exponent: exponent + RESCALE_BITS };
}
