import { shareOut, type Thread } from '../pool.ts';
import { type CalmSummary, summarizeCalm } from './describe-calm.ts';

/** Leads an hour. */
const SIZES = [20, 50, 200, 1_000];
/** Costs more than all others together, and chance has least to say there. */
const LARGEST = 5_000;
const LARGEST_MONTHS = 10;
/** The naive rule alarms so often that a few months tell. */
const NAIVE_MONTHS = 20;

interface Months {
  readonly seeds: number;
  /** Leads an hour, ascending; undefined: all. */
  readonly rates: readonly number[] | undefined;
}

/** False alarms in months without drift, by size of window, with cycles of days and weeks and without. */
export async function measureCalm(
  threads: readonly Thread[],
  { seeds, rates }: Months,
): Promise<readonly CalmSummary[]> {
  const summaries: CalmSummary[] = [];
  for (const cycles of [true, false]) {
    const tasks = Array.from({ length: seeds }, (_, seed) => {
      const sizes = rates ?? (seed < LARGEST_MONTHS ? [...SIZES, LARGEST] : SIZES);
      return { seed, cycles, sizes, naive: seed < NAIVE_MONTHS };
    });
    const months = await shareOut(threads, tasks, (thread, task) => thread.run('calmMonths', task));
    summaries.push(...summarizeCalm(cycles, months.flat()));
  }
  return summaries;
}
