import { describeReference, nameReference } from '../drift/compared-windows.ts';
import type { Signal, Statistic } from '../drift/result.ts';
import { formatShare } from '../drift/share.ts';
import { showTime } from '../windows/show-time.ts';
import type { AlertChange } from './decide.ts';

/** What a signal says happened to its subject: while firing, and when it is over. {reference}: 'training', or its like. */
const SENTENCES: Record<Signal, readonly [firing: string, resolved: string]> = {
  feature_drift: ['has drifted from {reference}', 'is back near {reference}'],
  new_category: ['has values that training never saw', 'has few unseen values again'],
  missing_rate: ['is missing at another rate than in {reference}', 'is missing at its usual rate again'],
  prediction_drift: ['of the predictions have drifted', 'of the predictions are back near {reference}'],
  shadow_disagreement: ['of candidate and production disagree', 'of candidate and production agree again'],
  latency: ['is too high', 'is within its limit again'],
  error_rate: ['take too large a share of the events', 'are within their limit again'],
  throughput: ['have stopped coming', 'are coming again'],
  performance: ['is worse than it was', 'is as good as before again'],
  calibration: ['no longer fits what became of the leads', 'fits what became of the leads again'],
  business: ['is not what it was', 'is as before again'],
  lag: ['is behind', 'has caught up'],
  cost: ['is above its limit', 'is within its limit again'],
  data_quality: ['is not as it should be', 'is as it should be again'],
  retraining: ['asks for a new model', 'asks for no new model any more'],
  report: ['has a report', 'has a report'],
  test: ['is a test: nothing is wrong', 'was a test: nothing was wrong'],
};

const NAMES: Record<Statistic, string> = {
  psi: 'PSI',
  kl: 'KL divergence',
  js: 'Jensen–Shannon distance',
  mahalanobis: 'mean Mahalanobis distance in σ',
  weighted_share: 'share of the importance on drifted features',
  wasserstein: 'Wasserstein distance in σ',
  ks: 'KS distance',
  chi2: "Cramér's V",
  share: 'share',
  share_difference: 'difference of shares',
  p95: 'p95',
  silence_ms: 'silence',
  auc_drop: 'AUC below training by',
  auc_shortfall: 'AUC below its minimum by',
  auc_fall: 'AUC below earlier cohorts by',
  estimated_auc_drop: 'AUC, as estimated without labels, below that of the reference by',
  estimated_auc_shortfall: 'AUC, as estimated without labels, below its minimum by',
  ratio_excess: 'off by',
  relative_drop: 'down by',
  seconds_of_work: 'work that waits',
  cost: 'cost',
};

/**
 * One sentence that a person can act on: what happened to which feature of which model, the effect beside its limit,
 * on how many leads, in which window, and what changed most.
 */
export function describeChange(change: AlertChange): string {
  const { result, window } = change;
  const [firing, resolved] = SENTENCES[result.signal];
  const happened = (change.kind === 'resolved' ? resolved : firing).replace(
    '{reference}',
    nameReference(result.comparedWith),
  );
  const effect = `${NAMES[result.statistic]} ${format(result.value, result.statistic)}`;
  const ofSegment = window.segment === null ? '' : ` of ${window.segment}`;
  const limit = `limit ${format(result.threshold, result.statistic)}`;
  const sentence =
    `${result.subject} ${happened}: ${effect} (${limit}) on ` +
    `${result.sampleSize} leads${ofSegment} from ${showTime(window.startMs)} to ${showTime(window.endMs)} (${window.size}) by ` +
    `${window.model} ${window.modelVersion}`;
  const compared = result.comparedWith && `compared with ${describeReference(result.comparedWith)}`;
  return `${[sentence, result.detail, compared].filter(Boolean).join('; ')}.`;
}

const SHARES: ReadonlySet<Statistic> = new Set([
  'share',
  'share_difference',
  'weighted_share',
  'ratio_excess',
  'relative_drop',
]);

function format(value: number, statistic: Statistic): string {
  if (statistic === 'p95') return `${Math.round(value)} ms`;
  if (statistic === 'silence_ms') return `${Math.round(value / 1000)} s`;
  if (statistic === 'seconds_of_work') return `${Math.round(value)} s`;
  if (statistic === 'cost') return value.toPrecision(3);
  return SHARES.has(statistic) ? formatShare(value) : value.toFixed(2);
}
