import type { ScoringAlert } from '../contracts/scoring-alert.ts';
import { compareSeverities } from './ceiling.ts';
import { COOL_DOWN } from './record.ts';

/**
 * The alerts that fire, by id, each as it was last published: a fold of `evolveFiring` over what was published, so it
 * can be rebuilt from the latest record of each alert.
 */
export type FiringAlerts = ReadonlyMap<string, ScoringAlert>;

/** Before the first alert. */
export const NONE_FIRING: FiringAlerts = new Map();

/**
 * The subject of `feature_drift` that names what to look at first: while it is announced, it speaks for the features of
 * its model, version and segment, and for how they go together (`multivariate`, which names none and silences none).
 */
const OVERALL = 'overall';

/**
 * What one decision's changes mean for people, as records to publish in order: the changes with `silenced_by` settled,
 * then alerts that fire on and are spoken for otherwise than before.
 *
 * - A voice is had once for model, version, segment, signal and subject: of several statistics and window sizes the
 *   strongest is announced, the others are silenced by it. All features' voices may be silenced by an overall alarm.
 * - What is more severe than its voice is announced as well: that is a raise.
 * - Once announced, an alert stays so until it resolves. When the last voice resolves, the strongest that fires on
 *   is announced.
 * - What fired again within its cool-down neither speaks nor is announced.
 */
export function announce(firing: FiringAlerts, changes: readonly ScoringAlert[]): readonly ScoringAlert[] {
  const after = evolveFiring(firing, changes);
  const silencers = new Map<string, string | null>();
  for (const scope of new Set(changes.map(scopeKey))) {
    const ofScope = [...after.values()].filter((alert) => scopeKey(alert) === scope);
    settle(ofScope, firing, silencers);
  }
  const changed = new Set(changes.map(({ alert_id: id }) => id));
  const raisedAt = Math.max(...changes.map((change) => change.raised_at));
  const restated = [...after.values()]
    .filter(({ alert_id: id }) => !changed.has(id) && silencers.has(id))
    .filter((alert) => silencers.get(alert.alert_id) !== alert.silenced_by)
    .map((alert) => ({ ...silence(alert, silencers), raised_at: raisedAt }));
  const told = changes.map((change) =>
    change.state === 'resolved' ? asItWas(change, firing) : silence(change, silencers),
  );
  return [...told, ...restated.sort(byStrength)];
}

/** The alerts that fire after these records. */
export function evolveFiring(firing: FiringAlerts, records: readonly ScoringAlert[]): FiringAlerts {
  const after = new Map(firing);
  for (const record of records) {
    if (record.state === 'resolved') after.delete(record.alert_id);
    else after.set(record.alert_id, record);
  }
  return after;
}

/** Whom each alert of one model, version and segment is silenced by; the overall alarm first, for it silences others. */
function settle(
  alerts: readonly ScoringAlert[],
  before: FiringAlerts,
  silencers: Map<string, string | null>,
): void {
  const groups = Map.groupBy(alerts.toSorted(byStrength), groupKey);
  const isOverallFirst = [...groups.values()].sort(
    (a, b) => Number(isOverall(b[0])) - Number(isOverall(a[0])),
  );
  let overall: ScoringAlert | undefined;
  for (const group of isOverallFirst) {
    const voice = settleGroup(
      group,
      group[0]?.signal === 'feature_drift' ? overall : undefined,
      before,
      silencers,
    );
    if (isOverall(group[0])) overall = voice;
  }
}

/** The strongest that is announced, or `above` where that speaks for them. The group comes strongest first. */
function settleGroup(
  group: readonly ScoringAlert[],
  above: ScoringAlert | undefined,
  before: FiringAlerts,
  silencers: Map<string, string | null>,
): ScoringAlert | undefined {
  const isAnnounced = ({ alert_id: id }: ScoringAlert): boolean => before.get(id)?.silenced_by === null;
  let voice = group.find(isAnnounced) ?? above;
  for (const alert of group) {
    if (isAnnounced(alert)) silencers.set(alert.alert_id, null);
    else if (alert.silenced_by === COOL_DOWN) silencers.set(alert.alert_id, COOL_DOWN);
    else if (voice === undefined || compareSeverities(alert.severity, voice.severity) > 0) {
      silencers.set(alert.alert_id, null);
      voice = alert;
    } else silencers.set(alert.alert_id, voice.alert_id);
  }
  return voice;
}

function silence(alert: ScoringAlert, silencers: ReadonlyMap<string, string | null>): ScoringAlert {
  return { ...alert, silenced_by: silencers.get(alert.alert_id) ?? null };
}

/** Who never heard of it firing doesn't hear of its resolve. */
function asItWas(change: ScoringAlert, before: FiringAlerts): ScoringAlert {
  const fired = before.get(change.alert_id);
  return { ...change, silenced_by: fired === undefined ? change.silenced_by : fired.silenced_by };
}

function isOverall(alert: ScoringAlert | undefined): boolean {
  return alert?.signal === 'feature_drift' && alert.subject === OVERALL;
}

function scopeKey({ model, model_version: version, segment }: ScoringAlert): string {
  return JSON.stringify([model, version, segment]);
}

function groupKey(alert: ScoringAlert): string {
  return isOverall(alert) ? 'overall' : JSON.stringify([alert.signal, alert.subject]);
}

/** Strongest first: by severity, then by how far above the limit, then by id so that it is always the same. */
function byStrength(a: ScoringAlert, b: ScoringAlert): number {
  return (
    compareSeverities(b.severity, a.severity) || excess(b) - excess(a) || (a.alert_id < b.alert_id ? -1 : 1)
  );
}

function excess({ value, threshold }: ScoringAlert): number {
  return threshold > 0 ? value / threshold : value;
}
