import { estimateReferenceAuc } from '@scoreline/core/performance/reference-auc.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import type { MeasureContext } from './read-cohorts.ts';

/** AUC on the trainer's holdout; null where the package doesn't say, or is no classifier's. */
export function trainingAucOf({ manifest }: ModelPackage): number | null {
  const auc = manifest.training.metrics['auc'];
  return manifest.task === 'classification' && auc !== undefined ? auc : null;
}

/** What AUC its reference's scores let expect; null of scores that are no probabilities. */
export function referenceAucOf(known: ModelPackage): number | null {
  return measureContextOf(known).isCalibrated ? estimateReferenceAuc(known.reference) : null;
}

/** The band of the highest scores. */
export function topBandOf(known: ModelPackage): string {
  return topOf(known)?.name ?? '';
}

/** How the model's cohorts are to be measured. */
export function measureContextOf(known: ModelPackage): MeasureContext {
  const { manifest, policy } = known;
  return {
    task: manifest.task,
    isCalibrated: manifest.task === 'classification' && manifest.output.calibration !== null,
    withoutOutcome: policy.outcomes.withoutOutcome,
    threshold: policy.performance.threshold ?? topOf(known)?.lower ?? 0.5,
    topK: policy.performance.topK,
    ndcgK: policy.performance.ndcgK,
  };
}

function topOf({ manifest }: ModelPackage): ModelPackage['manifest']['bands'][number] | undefined {
  return manifest.bands.toSorted((a, b) => (b.lower ?? -Infinity) - (a.lower ?? -Infinity))[0];
}
