import type { RolloutTreatment, RolloutVersion } from '@scoreline/core/contracts/rollout-event.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import type { Database, QueryParams } from '../../clickhouse/database.ts';

/** By when every instance follows a decision: leads that were scored before may have been assigned as before. */
const SETTLED_AFTER_MS = 2_000;
/** Shares are exact or not at all: clocks of services that differ a little must not look like a wrong assignment. */
const SHARES_SETTLED_AFTER_MS = 10_000;
/** A shadow may be ahead of a scorer that lags: its scores are looked for so far before the window. */
const SHADOW_AHEAD_MS = 86_400_000;
/** Rounding of shares that were given as decimals. */
const EPSILON = 1e-9;

/** What the measurements of one treatment are about. */
export interface MeasureScope {
  readonly database: Pick<Database, 'query'>;
  readonly rollout: Rollout;
  readonly treatment: RolloutTreatment;
  readonly control: RolloutVersion;
  /** The input topic, with its prefix. */
  readonly topic: string;
  readonly nowMs: number;
  /** Since when the share is what it is, on every instance. */
  readonly settledMs: number;
  /** From when on shares are counted. */
  readonly sharesFromMs: number;
  /** When a lead must have been scored for the checks of the service. */
  readonly fromMs: number;
  /** The same for the control's: [from, to). */
  readonly controlWindow: { readonly fromMs: number; readonly toMs: number };
  /** Event time that the stream of scores has come to; null: none is known. */
  readonly asOfMs: number | null;
}

/**
 * The windows of a treatment's measurements now. Where treatments have all leads, their control is compared as it was
 * just before: the window's length of its scores, up to when the share became what it is.
 */
export function createScope(
  given: Pick<MeasureScope, 'database' | 'rollout' | 'treatment' | 'topic' | 'nowMs' | 'asOfMs'>,
): MeasureScope {
  const { plan, shareSinceMs, share } = given.rollout;
  const settledMs = shareSinceMs + SETTLED_AFTER_MS;
  const fromMs = Math.max(settledMs, given.nowMs - plan.window_ms);
  const treated = share * plan.treatments.reduce((sum, treatment) => sum + treatment.share, 0);
  const hasAll = treated >= 1 - EPSILON;
  return {
    ...given,
    control: plan.control,
    settledMs,
    sharesFromMs: shareSinceMs + SHARES_SETTLED_AFTER_MS,
    fromMs,
    controlWindow: hasAll
      ? { fromMs: shareSinceMs - plan.window_ms, toMs: shareSinceMs }
      : { fromMs, toMs: given.nowMs },
  };
}

/** The parameters of the fragments below. */
export function scopeParams({
  rollout,
  treatment,
  control,
  topic,
  fromMs,
  controlWindow,
}: MeasureScope): QueryParams {
  return {
    rollout: rollout.id,
    topic,
    model: treatment.model,
    version: treatment.version,
    control_model: control.model,
    control_version: control.version,
    from_ms: fromMs,
    control_from_ms: controlWindow.fromMs,
    control_to_ms: controlWindow.toMs,
    shadow_from_ms: Math.min(fromMs, controlWindow.fromMs) - SHADOW_AHEAD_MS,
  };
}

/** A DateTime64 of a parameter in milliseconds. */
function timeOf(parameter: string): string {
  return `fromUnixTimestamp64Milli({${parameter}:Int64}, 'UTC')`;
}

const VERSION = `source_topic = {topic:String} AND model = {model:String} AND model_version = {version:String}`;

/** Everything that the rollout assigned, whoever scored it. */
export const IN_ROLLOUT = `experiment_id = {rollout:String} AND role IN ('production', 'canary')`;

/** In the window of the checks of the service. */
export const IN_WINDOW = `scored_at >= ${timeOf('from_ms')}`;

/** What the treatment scored in the window. */
export const OWN = `${VERSION} AND experiment_id = {rollout:String} AND role = 'canary' AND ${IN_WINDOW}`;

/** What the control scored of the leads that it kept, in its window. */
export const KEPT = `source_topic = {topic:String} AND model = {control_model:String} AND model_version = {control_version:String}
      AND role = 'production' AND fallback_from = ''
      AND scored_at >= ${timeOf('control_from_ms')} AND scored_at < ${timeOf('control_to_ms')}`;

/** What the treatment's version said in the shadow. */
export const SHADOW = `${VERSION} AND role = 'shadow' AND run_id = '' AND scored_at >= ${timeOf('shadow_from_ms')}`;

/** A statement that takes longer is given up: the check is inconclusive, and measured again soon. */
export const BOUNDED = 'SETTINGS max_execution_time = 20';
