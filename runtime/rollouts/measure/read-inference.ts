import type { InferenceSides } from '@scoreline/core/rollout/checks/check-latency.ts';
import { type BatchTimes, matchBatches } from '@scoreline/core/rollout/checks/match-batches.ts';
import { BOUNDED, KEPT, type MeasureScope, OWN, scopeParams } from './scope.ts';

interface TimeRow extends BatchTimes {
  readonly isOwn: boolean;
}

/** Batches of up to so many leads are told apart by their size, larger ones by its order of magnitude. */
const EXACT_SIZES = 32;

/**
 * Inference times of both sides in their windows, to three digits, in batches of the same sizes. The leads of a batch
 * share its time and moment.
 */
export async function readInference(scope: MeasureScope): Promise<InferenceSides> {
  const rows = await scope.database.query<TimeRow>(
    `SELECT isOwn, value, if(leads <= ${EXACT_SIZES}, leads, toUInt64(exp2(floor(log2(leads))))) AS batchLeads,
      sum(leads) AS count
    FROM
    (
      SELECT toBool(role = 'canary') AS isOwn, toUInt64(exp10(greatest(0, floor(log10(greatest(1, inference_us))) - 2))) AS digit,
        intDiv(assumeNotNull(inference_us), digit) * digit AS value, count() AS leads
      FROM lead_scores FINAL
      WHERE ((${OWN}) OR (${KEPT})) AND inference_us IS NOT NULL
      GROUP BY isOwn, digit, value, scored_at, source_partition
    )
    GROUP BY isOwn, value, batchLeads
    ${BOUNDED}`,
    scopeParams(scope),
  );
  const [own, kept] = [rows.filter(({ isOwn }) => isOwn), rows.filter(({ isOwn }) => !isOwn)];
  return matchBatches(own, kept);
}
