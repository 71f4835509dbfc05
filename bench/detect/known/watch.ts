import { type AlertsState, decide, evolve, NO_ALERTS } from '@scoreline/core/alerts/decide.ts';
import {
  HOUR_MS,
  type HistogramWindow,
  measureQuickly,
  rowsOf,
  toEvaluated,
} from '@scoreline/core/alerts/testing/simulated-month.ts';
import { defaultPolicy } from '@scoreline/core/alerts/testing/given.ts';
import type { Reference } from '@scoreline/core/contracts/reference.ts';
import { judgeWindow, measureWindow } from '@scoreline/core/drift/evaluate-window.ts';
import type { WindowHistogram } from '@scoreline/core/drift/histogram.ts';
import type { Measurement } from '@scoreline/core/drift/measurement.ts';
import type { DriftResult } from '@scoreline/core/drift/result.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { COMPLETE_SENSITIVE_POLICY } from './sensitive-policy.ts';

/** What fired with one knob. */
export interface Watched {
  /** Hours from the onset to the end of the window whose alarm names the drift; null where none did. */
  readonly delayHours: number | null;
  /** The alert that did. */
  readonly by: string | null;
  /** Alerts about something else, until then. */
  readonly others: readonly string[];
}

/** When a drift starts and what an alarm about it may name. */
export interface Onset {
  readonly ms: number;
  readonly subjects: ReadonlySet<string>;
}

/** How windows are judged: the knob multiplies the shift that each practical limit stands for. */
interface Judge {
  readonly policy: CompletePolicy;
  readonly knobs: readonly number[];
}

/** What of a window may alarm: exactly, or as `measureQuickly` does. */
export type Meter = (
  window: HistogramWindow,
  policy: CompletePolicy,
  how: 'exact' | 'quick',
) => readonly Measurement[];

/** Windows that end before the drifts start are measured once for all drifts of a stream. */
export function createMeter(reference: Reference, onsetMs: number): Meter {
  const known = new Map<CompletePolicy, Map<string, readonly Measurement[]>>();
  return (window, policy, how) => {
    const ofPolicy = known.get(policy) ?? new Map<string, readonly Measurement[]>();
    known.set(policy, ofPolicy);
    const key = `${how} ${window.size.text} ${window.startMs}`;
    const before = ofPolicy.get(key);
    if (before !== undefined) return before;
    const { histogram } = window;
    const all =
      how === 'exact'
        ? measureWindow({ reference, policy, importance: {}, window: histogram })
        : measureQuickly(reference, histogram, policy);
    const measurements = all.filter(({ alarms }) => alarms);
    if (window.endMs <= onsetMs) ofPolicy.set(key, measurements);
    return measurements;
  };
}

/** The same windows at the default policy and, with each knob, at the one that rates are matched with. */
export function watchBoth(
  meter: Meter,
  windowsAt: (policy: CompletePolicy) => Iterable<HistogramWindow>,
  knobs: readonly number[],
  onset: Onset,
): { readonly atDefault: Watched; readonly matched: readonly Watched[] } {
  const watchAt = (policy: CompletePolicy, tried: readonly number[]): readonly Watched[] =>
    watch(meter, windowsAt(policy), { policy, knobs: tried }, onset);
  const [atDefault = NOTHING] = watchAt(DEFAULT_POLICY, [1]);
  return { atDefault, matched: watchAt(COMPLETE_SENSITIVE_POLICY, knobs) };
}

const DEFAULT_POLICY = defaultPolicy();
const NOTHING: Watched = { delayHours: null, by: null, others: [] };

/** The same windows judged with each knob, until every knob has found the drift. Measured once: p is what costs. */
function watch(
  meter: Meter,
  windows: Iterable<HistogramWindow>,
  { policy, knobs }: Judge,
  onset: Onset,
): readonly Watched[] {
  const watchers = knobs.map((knob) => createWatcher(knob, policy, onset));
  for (const window of windows) {
    if (watchers.every((watcher) => watcher.isDone())) break;
    const quick = meter(window, policy, 'quick');
    const needsP =
      rowsOf(window.histogram) >= policy.drift.minimumSample &&
      watchers.some((watcher) => watcher.wantsMore(quick, window.histogram));
    const measurements = needsP ? meter(window, policy, 'exact') : quick;
    for (const watcher of watchers) if (!watcher.isDone()) watcher.see(window, measurements);
  }
  return watchers.map((watcher) => watcher.result());
}

function createWatcher(knob: number, policy: CompletePolicy, onset: Onset) {
  let state: AlertsState = NO_ALERTS;
  let found: { readonly delayHours: number; readonly by: string } | null = null;
  const firing = new Set<string>();
  const others: string[] = [];
  let latest: { readonly of: readonly Measurement[]; readonly results: readonly DriftResult[] } | null = null;
  const judge = (measurements: readonly Measurement[], window: WindowHistogram): readonly DriftResult[] => {
    if (latest?.of === measurements) return latest.results;
    const scaled = measurements.map((each) => ({ ...each, limits: scaleLimits(each, knob) }));
    latest = { of: measurements, results: judgeWindow(scaled, { policy, window }) };
    return latest.results;
  };
  return {
    isDone: () => found !== null,
    /** Whether the exact p matters: something fires, or would be drifted by a p that is too small. */
    wantsMore: (quick: readonly Measurement[], window: WindowHistogram) =>
      found === null &&
      (firing.size > 0 || judge(quick, window).some(({ verdict }) => verdict === 'drifted')),
    see(window: HistogramWindow, measurements: readonly Measurement[]) {
      const evaluated = toEvaluated(window, judge(measurements, window.histogram));
      for (const { kind, alertId, result } of decide(state, evaluated, policy)) {
        if (kind === 'resolved') firing.delete(alertId);
        else firing.add(alertId);
        if (kind !== 'fired') continue;
        if (window.endMs > onset.ms && onset.subjects.has(result.subject)) {
          found ??= { delayHours: (window.endMs - onset.ms) / HOUR_MS, by: alertId };
        } else others.push(alertId);
      }
      state = evolve(state, evaluated, policy);
    },
    result: (): Watched => ({ delayHours: null, by: null, ...found, others }),
  };
}

/** PSI and KL grow with the square of a shift, all others with the shift itself. */
function scaleLimits({ statistic, limits }: Measurement, knob: number): Measurement['limits'] {
  const factor = statistic === 'psi' || statistic === 'kl' ? knob ** 2 : knob;
  return { warning: factor * limits.warning, critical: factor * limits.critical };
}
