import type { Golden } from '@scoreline/core/contracts/golden.ts';
import type { FeatureEncoder } from '@scoreline/core/features/encoder.ts';
import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';

/** What golden rows are scored by: a model as it will score leads. */
export interface GoldenScorer {
  readonly encoder: FeatureEncoder;
  score(matrix: Float32Array, rows: number, out: Float64Array): Promise<unknown>;
}

/**
 * Scores a package's golden rows by the very path that leads take and compares them with the training framework's
 * own scores. Off is a difference above `tolerance`, or above `tolerance` times the score where that is beyond ±1:
 * float32 has no finer steps there. A problem names the first row of its kind and how many there are.
 */
export async function checkGoldenRows(scorer: GoldenScorer, golden: Golden): Promise<PackageProblem[]> {
  const scores = new Float64Array(golden.rows.length);
  const chunk = Math.max(1, Math.floor(MAX_CELLS / scorer.encoder.width));
  for (let from = 0; from < scores.length; from += chunk) {
    const refused = await scoreRows(scorer, golden.rows.slice(from, from + chunk), from, scores);
    if (refused !== undefined) return [refused];
  }
  return compareScores(golden, scores);
}

/** Of the matrix that is scored at once: a small package may have many rows and wide ones. */
const MAX_CELLS = 1_000_000;

/** Scores a few rows into `scores`, from `from` on; the problem where they can't be. */
async function scoreRows(
  { encoder, score }: GoldenScorer,
  rows: Golden['rows'],
  from: number,
  scores: Float64Array,
): Promise<PackageProblem | undefined> {
  const matrix = new Float32Array(rows.length * encoder.width);
  for (const [row, { event }] of rows.entries()) {
    const refused = encoder.encode(event, matrix, row);
    if (refused !== undefined) return problem('golden.refused', `row ${from + row}: ${refused.message}`);
  }
  try {
    await score(matrix, rows.length, scores.subarray(from, from + rows.length));
    return undefined;
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    return { code: 'model.fails', message: `model.onnx: cannot score the golden rows: ${message}` };
  }
}

function compareScores({ rows, tolerance }: Golden, scores: Float64Array): PackageProblem[] {
  const notFinite: number[] = [];
  const off: number[] = [];
  for (const [row, { score: expected }] of rows.entries()) {
    const got = scores[row] ?? NaN;
    if (!Number.isFinite(got)) notFinite.push(row);
    else if (Math.abs(got - expected) > tolerance * Math.max(1, Math.abs(expected))) off.push(row);
  }
  const problems: PackageProblem[] = [];
  const [nanRow] = notFinite;
  const [offRow] = off;
  if (nanRow !== undefined) {
    const what = `row ${nanRow}: the model gave ${scores[nanRow]}, expected ${rows[nanRow]?.score}`;
    problems.push(problem('golden.not_finite', `${what} (${notFinite.length} of ${rows.length} rows)`));
  }
  if (offRow !== undefined) {
    const what = `row ${offRow}: expected ${rows[offRow]?.score}, got ${scores[offRow]}, tolerance ${tolerance}`;
    problems.push(problem('golden.off', `${what} (${off.length} of ${rows.length} rows are off)`));
  }
  return problems;
}

function problem(code: PackageProblem['code'], what: string): PackageProblem {
  return { code, message: `golden.json: ${what}` };
}
