import { splitVersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { PartitionBatch } from '@scoreline/runtime/kafka/record.ts';
import type { Fallback } from './fallback.ts';
import type { Lineup } from './lineup.ts';
import type { Lead } from './name-leads.ts';
import type { VersionScorer, VersionScores } from './score-version.ts';

/** What the treatments made of their leads. */
export interface TreatmentScores {
  readonly versions: readonly VersionScores[];
  /** What a treatment couldn't score, with the reason, for production. */
  readonly fallbacks: readonly Lead[];
}

/**
 * Each treatment scores its leads in one inference; nothing that one does wrong, or throws, costs a lead its score.
 * @param assigned - by index of the lineup's treatments.
 */
export async function scoreTreatments(
  source: PartitionBatch,
  assigned: readonly (readonly Lead[])[],
  lineup: Lineup,
  scoreVersion: VersionScorer,
): Promise<TreatmentScores> {
  const versions: VersionScores[] = [];
  const fallbacks: Lead[] = [];
  for (const [index, { ref }] of lineup.traffic.treatments.entries()) {
    const leads = assigned[index] ?? [];
    if (leads.length === 0) continue;
    const outcome = await scoreTreatment(source, leads, lineup, index, scoreVersion);
    if (!('code' in outcome)) versions.push(outcome);
    const unscored = 'code' in outcome ? leads.map((lead) => ({ lead, ...outcome })) : outcome.unscored;
    for (const { lead, code, message } of unscored)
      fallbacks.push({ ...lead, fallback: { ...splitVersionRef(ref), code, message } });
  }
  return { versions, fallbacks };
}

type AllUnscored = Pick<Fallback, 'code' | 'message'>;

async function scoreTreatment(
  source: PartitionBatch,
  leads: readonly Lead[],
  { treatments, traffic }: Lineup,
  index: number,
  scoreVersion: VersionScorer,
): Promise<VersionScores | AllUnscored> {
  const model = treatments[index];
  if (model === undefined) return { code: 'model.unavailable', message: 'it is not in memory' };
  try {
    return await scoreVersion(source, leads, { model, role: 'canary', experimentId: traffic.experimentId });
  } catch (error) {
    return { code: 'model.failed', message: error instanceof Error ? error.message : String(error) };
  }
}
