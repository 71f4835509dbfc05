import type { DriftResult } from '../drift/result.ts';
import type { CompletePolicy } from '../policy/defaults.ts';
import { type AlertMemory, type Episode, QUIET, remember } from './episode.ts';

/** Which window it was that results come from. */
export interface WindowIdentity {
  readonly model: string;
  readonly modelVersion: string;
  readonly segment: string | null;
  /** ISO 8601 duration. */
  readonly size: string;
  /**
   * When a window is decided: `event` once it has closed, `outcome` once it is mature, `estimate` on what is expected of
   * its outcomes; these alarm only where the policy's `alert_on` names their size. Wall-clock windows always may.
   */
  readonly clock: 'event' | 'wall' | 'outcome' | 'estimate';
  readonly startMs: number;
  readonly endMs: number;
  readonly revision: number;
}

/** One window of one model version with all its results, each (signal, statistic, subject) once. */
export interface EvaluatedWindow extends WindowIdentity {
  readonly results: readonly DriftResult[];
}

/**
 * A change of an alert's state: what goes to `scoring-alerts`. `raised`: still firing, now more severe; `woken`: still
 * firing, its cool-down is over.
 */
export interface AlertChange {
  readonly kind: 'fired' | 'raised' | 'woken' | 'resolved';
  readonly alertId: string;
  readonly severity: Episode['severity'];
  readonly episodeStartedAtMs: number;
  /** It fired again within the cool-down, so it is recorded and not announced. */
  readonly isCooling: boolean;
  readonly window: WindowIdentity;
  readonly result: DriftResult;
}

/**
 * All alerts' memory, by scope (model, version, segment, size, clock). It is a fold of `evolve` over the evaluated
 * windows in order, so it can be rebuilt from stored results.
 */
export interface AlertsState {
  readonly scopes: ReadonlyMap<string, ScopeState>;
}

/** Of one scope: until when it is decided, and its alerts' memories by their ids. */
export interface ScopeState {
  readonly decidedUntilMs: number;
  readonly memories: ReadonlyMap<string, AlertMemory>;
}

/** Before the first window. */
export const NO_ALERTS: AlertsState = { scopes: new Map() };

/**
 * Whether this window would be decided: its size may alarm, and it starts no earlier than the last decided one of
 * its scope ended. A later revision of a decided window, or one that turns up late, never alarms.
 */
export function isDecidable(state: AlertsState, window: WindowIdentity, policy: CompletePolicy): boolean {
  const isOfScores = window.clock === 'event';
  const { alertOn } = isOfScores ? policy.windows : policy.performance;
  const mayAlarm = window.clock === 'wall' || alertOn.some((size) => size.text === window.size);
  const scope = state.scopes.get(scopeKey(window));
  return mayAlarm && (scope === undefined || window.startMs >= scope.decidedUntilMs);
}

/** The changes that one window makes, ordered by alert id; none where it isn't decidable. Doesn't change `state`. */
export function decide(
  state: AlertsState,
  window: EvaluatedWindow,
  policy: CompletePolicy,
): readonly AlertChange[] {
  if (!isDecidable(state, window, policy)) return [];
  const changes: AlertChange[] = [];
  for (const result of window.results) {
    const alertId = alertIdOf(window, result);
    const before = memoryOf(state, window, alertId);
    const after = remember(before, result, window.endMs, policy);
    const change = changeBetween(before.episode, after.episode);
    if (change !== null) changes.push({ ...change, alertId, window: identityOf(window), result });
  }
  return changes.sort((a, b) => (a.alertId < b.alertId ? -1 : 1));
}

/** The state after one window has been decided; the same state where it isn't decidable. */
export function evolve(state: AlertsState, window: EvaluatedWindow, policy: CompletePolicy): AlertsState {
  if (!isDecidable(state, window, policy)) return state;
  const key = scopeKey(window);
  const memories = new Map(state.scopes.get(key)?.memories);
  for (const result of window.results) {
    const alertId = alertIdOf(window, result);
    memories.set(alertId, remember(memories.get(alertId) ?? QUIET, result, window.endMs, policy));
  }
  return { scopes: new Map(state.scopes).set(key, { decidedUntilMs: window.endMs, memories }) };
}

/** The alerts that are firing, by id. */
export function firingAlerts(state: AlertsState): ReadonlyMap<string, Episode> {
  const firing = new Map<string, Episode>();
  for (const { memories } of state.scopes.values()) {
    for (const [alertId, { episode }] of memories) if (episode !== null) firing.set(alertId, episode);
  }
  return firing;
}

/** `<model>/<model_version>/<signal>/<statistic>/<subject>/<segment or ->/<window_size>`. */
export function alertIdOf(
  window: WindowIdentity,
  result: Pick<DriftResult, 'signal' | 'statistic' | 'subject'>,
): string {
  const { model, modelVersion, segment, size } = window;
  return [model, modelVersion, result.signal, result.statistic, result.subject, segment ?? '-', size].join(
    '/',
  );
}

function changeBetween(
  before: Episode | null,
  after: Episode | null,
): Pick<AlertChange, 'kind' | 'severity' | 'episodeStartedAtMs' | 'isCooling'> | null {
  const kind = kindOf(before, after);
  const episode = after ?? before;
  if (kind === null || episode === null) return null;
  const { severity, startedAtMs: episodeStartedAtMs, isCooling } = episode;
  return { kind, severity, episodeStartedAtMs, isCooling };
}

function kindOf(before: Episode | null, after: Episode | null): AlertChange['kind'] | null {
  if (before === null) return after && 'fired';
  if (after === null) return 'resolved';
  if (before.severity !== after.severity) return 'raised';
  return before.isCooling && !after.isCooling ? 'woken' : null;
}

function memoryOf(state: AlertsState, window: WindowIdentity, alertId: string): AlertMemory {
  return state.scopes.get(scopeKey(window))?.memories.get(alertId) ?? QUIET;
}

function scopeKey({ model, modelVersion, segment, size, clock }: WindowIdentity): string {
  return JSON.stringify([model, modelVersion, segment, size, clock]);
}

function identityOf(window: EvaluatedWindow): WindowIdentity {
  const { model, modelVersion, segment, size, clock, startMs, endMs, revision } = window;
  return { model, modelVersion, segment, size, clock, startMs, endMs, revision };
}
