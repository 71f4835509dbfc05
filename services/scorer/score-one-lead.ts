import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import type { LeadIdentity } from '@scoreline/core/features/identity.ts';
import { type FeatureProblem, isFeatureProblem } from '@scoreline/core/features/problem.ts';
import { assignLead } from '@scoreline/core/rollout/traffic.ts';
import { findScoreProblem, type ScoreProblem } from '@scoreline/core/scoring/score-problem.ts';
import type { Lineup } from '@scoreline/pipeline/lineup.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { RowScorer } from './row-batches.ts';

export interface OneScore {
  readonly ok: true;
  readonly identity: LeadIdentity;
  readonly score: number;
  /** That scored: the assigned one, or production where that couldn't. */
  readonly model: LoadedModel;
}

export type OneProblem = { readonly ok: false; readonly field?: string } & (
  FeatureProblem | ScoreProblem | typeof BUSY
);

/** Too many leads wait for the model already. */
const BUSY = { code: 'server.busy', message: 'too many leads wait for the model' } as const;

/** One lead as the stream scores it: named by production, scored by the version that its id is assigned to. */
export async function scoreOneLead(
  lineup: Lineup,
  lead: LeadEvent,
  scoreRow: RowScorer,
): Promise<OneScore | OneProblem> {
  const { production, traffic, treatments } = lineup;
  const identity = production.identity.read(lead);
  if (isFeatureProblem(identity)) return { ok: false, ...identity };
  const treatment = treatments[assignLead(traffic, identity.entityId)];
  const treated = treatment === undefined ? undefined : await tryTreatment(treatment, lead, scoreRow);
  if (treated === BUSY) return { ok: false, ...BUSY };
  if (treatment !== undefined && typeof treated === 'number')
    return { ok: true, identity, score: treated, model: treatment };
  const score = await scoreBy(production, lead, scoreRow);
  return typeof score === 'number'
    ? { ok: true, identity, score, model: production }
    : { ok: false, ...score };
}

/** Whatever a treatment can't, production is asked: that it throws is seen in the stream and told there. */
async function tryTreatment(
  treatment: LoadedModel,
  lead: LeadEvent,
  scoreRow: RowScorer,
): Promise<number | typeof BUSY | undefined> {
  try {
    const score = await scoreBy(treatment, lead, scoreRow);
    return typeof score === 'number' || score === BUSY ? score : undefined;
  } catch {
    return undefined;
  }
}

/** A lead that can't be encoded is refused before it is among others. */
async function scoreBy(
  model: LoadedModel,
  lead: LeadEvent,
  scoreRow: RowScorer,
): Promise<number | FeatureProblem | ScoreProblem | typeof BUSY> {
  const row = new Float32Array(model.encoder.width);
  const wrong = model.encoder.encode(lead, row, 0);
  if (wrong !== undefined) return wrong;
  const score = await scoreRow(model, row);
  if (score === 'busy') return BUSY;
  return findScoreProblem(score) ?? score;
}
