import type { Reference } from '../contracts/reference.ts';
import { areaUnderRoc } from './metrics/auc.ts';
import { expectedCells, foldLeads } from './score-cells.ts';

/**
 * What AUC a calibrated classifier's scores of its reference let expect: what `estimateCohort` would say of it, from the
 * frozen sample of scores. An estimate is to be compared with this and not with what labels said in training: what the
 * estimator has wrong in general is then on both sides. Null without a sample, or where nothing can be told of it.
 */
export function estimateReferenceAuc({ score }: Pick<Reference, 'score'>): number | null {
  const sample = Float64Array.from(score.sample ?? []);
  return areaUnderRoc(expectedCells(foldLeads(sample, new Float64Array(sample.length)))).value;
}
