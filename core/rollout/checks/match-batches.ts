import type { InferenceSides, InferenceTimes } from './check-latency.ts';

/** Leads of one side that were scored in batches of one size, at one time per lead. */
export interface BatchTimes {
  /** Leads of the version in a batch; large ones are rounded. */
  readonly batchLeads: number;
  /** Inference time per lead, in microseconds. */
  readonly value: number;
  /** Leads. */
  readonly count: number;
}

/** Batches of the control that a size of the treatment's is compared with; fewer than half have no upper bound of a p95. */
const BATCHES_A_SIZE = 200;

/**
 * The times per lead of a treatment, and what its control would have taken in batches of those sizes. A call costs the
 * same for one lead as for several, and whatever holds the process up for a moment is divided by the leads of the batch:
 * a treatment of a tenth of the leads has batches of one where its control has ten, and would look slow for that alone.
 * So each size is compared with the control's batches that are nearest to it. A call takes no less time for more leads,
 * and no less per lead for fewer: by either a larger and a smaller batch say at most too much of the control, and
 * nobody is called slow for the size of a batch.
 */
export function matchBatches(
  treatment: readonly BatchTimes[],
  control: readonly BatchTimes[],
): InferenceSides {
  const matched: WeightedTime[] = [];
  for (const [batchLeads, ofSize] of Map.groupBy(treatment, (row) => row.batchLeads)) {
    const nearest = nearestBatches(control, batchLeads);
    const batches = nearest.reduce((sum, row) => sum + batchesOf(row), 0);
    const leads = ofSize.reduce((sum, { count }) => sum + count, 0);
    for (const row of nearest) {
      const value = (row.value * row.batchLeads) / Math.min(batchLeads, row.batchLeads);
      matched.push({ value, groups: batchesOf(row), groupLeads: leads / batches });
    }
  }
  const own = treatment.map((row) => ({
    value: row.value,
    groups: batchesOf(row),
    groupLeads: row.batchLeads,
  }));
  return { treatment: toTimes(own), control: toTimes(matched) };
}

function batchesOf({ count, batchLeads }: BatchTimes): number {
  return count / batchLeads;
}

/** The rows of the sizes nearest to one, as many as make {@link BATCHES_A_SIZE} batches, or all. */
function nearestBatches(rows: readonly BatchTimes[], batchLeads: number): readonly BatchTimes[] {
  const bySize = [...Map.groupBy(rows, (row) => row.batchLeads)];
  const distance = (size: number): number => Math.abs(Math.log(size / batchLeads));
  const nearest: BatchTimes[] = [];
  let batches = 0;
  for (const [, ofSize] of bySize.toSorted(([a], [b]) => distance(a) - distance(b))) {
    if (batches >= BATCHES_A_SIZE) break;
    nearest.push(...ofSize);
    batches += ofSize.reduce((sum, row) => sum + batchesOf(row), 0);
  }
  return nearest;
}

/** Groups of leads that share one time. */
interface WeightedTime {
  readonly value: number;
  readonly groups: number;
  readonly groupLeads: number;
}

function toTimes(rows: readonly WeightedTime[]): InferenceTimes {
  return {
    times: rows
      .map(({ value, groups, groupLeads }) => ({ value, count: groups * groupLeads }))
      .toSorted((a, b) => a.value - b.value),
    squaredBatches: rows.reduce((sum, { groups, groupLeads }) => sum + groups * groupLeads ** 2, 0),
  };
}
