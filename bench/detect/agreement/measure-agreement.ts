import { fileURLToPath } from 'node:url';
import { run } from '@scoreline/test/peers/python.ts';
import { describeTable } from '../table.ts';
import type { AgreementCase } from './agreement-case.ts';
import { drawCases } from './cases.ts';
import { type AskClickHouse, withClickHouse } from './clickhouse.ts';

const SCRIPT = fileURLToPath(new URL('agreement.py', import.meta.url));
const SEED = 20;
const TIMEOUT_MS = 600_000;
/** Above it two figures aren't the same. */
const TOLERANCE = 1e-9;

/** How far a statistic of ours is from another's at most. */
export interface Agreement {
  readonly statistic: string;
  /** Whose it is beside: NumPy, SciPy, scikit-learn or ClickHouse. */
  readonly peer: string;
  readonly cases: number;
  readonly largestDifference: number;
}

export interface AgreementResults {
  readonly agreements: readonly Agreement[];
  /** Why ClickHouse did not run. */
  readonly problem?: string;
}

interface Compared {
  readonly statistic: string;
  readonly peer: string;
  readonly difference: number;
}

/** Our statistics beside those of Python's libraries, and of ClickHouse where it has them, on the same random data. */
export async function measureAgreement(python: string): Promise<AgreementResults> {
  const cases = drawCases(SEED);
  const besidePython = summarize(await comparePython(python, cases));
  const asked = await withClickHouse((ask) => compareClickHouse(ask, cases));
  if ('problem' in asked) return { agreements: besidePython, problem: asked.problem };
  return { agreements: [...besidePython, ...summarize(asked)] };
}

/** Statistics that aren't the same as another's, to 1e-9. */
export function findDisagreements({ agreements }: AgreementResults): readonly Agreement[] {
  return agreements.filter(({ largestDifference }) => !(largestDifference <= TOLERANCE));
}

/** The table in Markdown. */
export function describeAgreement({ agreements, problem }: AgreementResults): string {
  const table = describeTable(
    ['statistic', 'beside', 'cases', 'largest difference'],
    agreements.map(({ statistic, peer, cases, largestDifference }) => [
      statistic,
      peer,
      `${cases}`,
      largestDifference.toExponential(0),
    ]),
  );
  return problem === undefined ? table : `${table}\n\nClickHouse's functions did NOT run: ${problem}`;
}

async function comparePython(python: string, cases: readonly AgreementCase[]): Promise<readonly Compared[]> {
  const asked = JSON.stringify(cases.map(({ statistic, input }) => ({ statistic, input })));
  const { status, output } = await run(python, [SCRIPT], TIMEOUT_MS, process.env, asked);
  if (status !== 0) throw new Error(`agreement.py failed (${status}):\n${output.slice(-2_000)}`);
  const theirs = JSON.parse(output) as readonly (readonly number[])[];
  return cases.map(({ statistic, peer, ours }, i) => ({
    statistic,
    peer,
    difference: largestDifference(ours, theirs[i] ?? []),
  }));
}

async function compareClickHouse(
  ask: AskClickHouse,
  cases: readonly AgreementCase[],
): Promise<readonly Compared[]> {
  const compared: Compared[] = [];
  for (const asked of cases) {
    const theirs = await ask(asked);
    if (theirs === null) continue;
    const { statistic, ours } = asked;
    compared.push({ statistic, peer: 'ClickHouse', difference: largestDifference(ours, theirs) });
  }
  return compared;
}

function summarize(compared: readonly Compared[]): readonly Agreement[] {
  return Array.from(
    Map.groupBy(compared, ({ statistic }) => statistic),
    ([statistic, members]) => ({
      statistic,
      peer: members[0]?.peer ?? '',
      cases: members.length,
      largestDifference: Math.max(...members.map(({ difference }) => difference)),
    }),
  );
}

/** NaN where they aren't as many. */
function largestDifference(ours: readonly number[], theirs: readonly number[]): number {
  if (ours.length !== theirs.length) return NaN;
  return Math.max(...ours.map((value, i) => Math.abs(value - (theirs[i] ?? NaN))));
}
