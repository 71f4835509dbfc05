import { fileURLToPath } from 'node:url';
import { run } from '@scoreline/test/peers/python.ts';
import { describeTable } from '../table.ts';
import { type AgreementCase, drawCases } from './cases.ts';

const SCRIPT = fileURLToPath(new URL('agreement.py', import.meta.url));
const SEED = 20;
const TIMEOUT_MS = 120_000;

/** How far a statistic of ours is from SciPy's or NumPy's at most. */
export interface Agreement {
  readonly statistic: string;
  readonly cases: number;
  readonly largestDifference: number;
}

/** Our statistics beside SciPy's and NumPy's on the same random data. */
export async function measureAgreement(python: string): Promise<readonly Agreement[]> {
  const cases = drawCases(SEED);
  const asked = JSON.stringify(cases.map(({ statistic, input }) => ({ statistic, input })));
  const { status, output } = await run(python, [SCRIPT], TIMEOUT_MS, process.env, asked);
  if (status !== 0) throw new Error(`agreement.py failed (${status}):\n${output.slice(-2_000)}`);
  const theirs = JSON.parse(output) as readonly (readonly number[])[];
  const compared = cases.map((ours, i) => ({ ours, difference: largestDifference(ours, theirs[i] ?? []) }));
  return Array.from(
    Map.groupBy(compared, ({ ours }) => ours.statistic),
    ([statistic, members]) => ({
      statistic,
      cases: members.length,
      largestDifference: Math.max(...members.map(({ difference }) => difference)),
    }),
  );
}

/** The table in Markdown. */
export function describeAgreement(agreements: readonly Agreement[]): string {
  return describeTable(
    ['statistic', 'cases', 'largest difference'],
    agreements.map(({ statistic, cases, largestDifference }) => [
      statistic,
      `${cases}`,
      largestDifference.toExponential(0),
    ]),
  );
}

function largestDifference({ ours }: AgreementCase, theirs: readonly number[]): number {
  return Math.max(...ours.map((value, i) => Math.abs(value - (theirs[i] ?? NaN))));
}
