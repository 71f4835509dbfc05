import type { InferenceSides, InferenceTimes } from '@scoreline/core/rollout/checks/check-latency.ts';
import { BOUNDED, KEPT, type MeasureScope, OWN, scopeParams } from './scope.ts';

interface TimeRow {
  readonly isOwn: boolean;
  readonly value: number;
  readonly count: number;
  readonly squares: number;
}

/** Inference times of both sides in their windows, to three digits. The leads of a batch share its time and moment. */
export async function readInference(scope: MeasureScope): Promise<InferenceSides> {
  const rows = await scope.database.query<TimeRow>(
    `SELECT isOwn, value, sum(leads) AS count, sum(leads * leads) AS squares
    FROM
    (
      SELECT toBool(role = 'canary') AS isOwn, toUInt64(exp10(greatest(0, floor(log10(greatest(1, inference_us))) - 2))) AS digit,
        intDiv(assumeNotNull(inference_us), digit) * digit AS value, count() AS leads
      FROM lead_scores FINAL
      WHERE ((${OWN}) OR (${KEPT})) AND inference_us IS NOT NULL
      GROUP BY isOwn, digit, value, scored_at, source_partition
    )
    GROUP BY isOwn, value
    ORDER BY value
    ${BOUNDED}`,
    scopeParams(scope),
  );
  return { treatment: timesOf(rows, true), control: timesOf(rows, false) };
}

function timesOf(rows: readonly TimeRow[], isOwn: boolean): InferenceTimes {
  const times = rows.filter((row) => row.isOwn === isOwn);
  return { times, squaredBatches: times.reduce((sum, { squares }) => sum + squares, 0) };
}
