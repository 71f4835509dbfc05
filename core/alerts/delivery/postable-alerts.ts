import type { ScoringAlert } from '../../contracts/scoring-alert.ts';

/** An alert as Alertmanager's v2 API takes it; times are ISO 8601. */
export interface PostableAlert {
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
  readonly startsAt: string;
  readonly endsAt: string;
  readonly generatorURL?: string;
}

export interface PostingContext {
  readonly nowMs: number;
  /** How long a firing alert lasts where nothing is heard of it: a few times the interval of the posts. */
  readonly lastsMs: number;
  /** Where an alert can be looked at, `{alert_id}`, `{model}`, … in it replaced; undefined: nowhere. */
  readonly linkTemplate?: string | undefined;
  /** Ids of the alerts that each firing one speaks for. */
  readonly standsFor: ReadonlyMap<string, readonly string[]>;
}

/**
 * What Alertmanager is told, from the announced changes of the episodes that fire or ended lately, in their order: the
 * whole state, so that whatever it missed or forgot is right after the next post.
 *
 * Labels are an alert's identity there, and severity is one of them: an alert that was raised ends as a warning and
 * starts as critical. Two alerts with the same labels are one; while one of them fires, it fires. Times are those of
 * the decisions, not of the windows: Alertmanager lives now, windows may be years back.
 */
export function toPostableAlerts(
  announced: readonly ScoringAlert[],
  context: PostingContext,
): readonly PostableAlert[] {
  const posts = new Map<string, Post>();
  for (const changes of Map.groupBy(announced, ({ alert_id: id }) => id).values()) {
    for (const post of postsOf(changes)) {
      const key = JSON.stringify(labelsOf(post.change));
      const other = posts.get(key);
      if (other === undefined || isBefore(other, post)) posts.set(key, post);
    }
  }
  return [...posts.values()].map((post) => toPostable(post, context));
}

/** One severity of one episode. */
interface Post {
  readonly change: ScoringAlert;
  readonly startedAtMs: number;
  readonly endedAtMs: number | null;
}

/** Of one alert's changes: each severity from the change that brought it to the one that ended it. */
function postsOf(changes: readonly ScoringAlert[]): readonly Post[] {
  const posts: Post[] = [];
  for (const change of changes) {
    const last = posts.at(-1);
    const isSame = change.severity === last?.change.severity && last.endedAtMs === null;
    if (last !== undefined && isSame) posts.pop();
    else if (last?.endedAtMs === null) posts.splice(-1, 1, { ...last, endedAtMs: change.raised_at });
    const isOver = change.state === 'resolved';
    const startedAtMs = last !== undefined && isSame ? last.startedAtMs : change.raised_at;
    posts.push({ change, startedAtMs, endedAtMs: isOver ? change.raised_at : null });
  }
  return posts;
}

/** What fires goes before what has ended, then what is stronger or later. */
function isBefore(a: Post, b: Post): boolean {
  if ((a.endedAtMs === null) !== (b.endedAtMs === null)) return b.endedAtMs === null;
  if (a.endedAtMs !== null && b.endedAtMs !== null) return b.endedAtMs >= a.endedAtMs;
  return b.change.value / b.change.threshold > a.change.value / a.change.threshold;
}

function toPostable({ change, startedAtMs, endedAtMs }: Post, context: PostingContext): PostableAlert {
  const link = linkTo(change, context.linkTemplate);
  return {
    labels: labelsOf(change),
    annotations: annotationsOf(change, link, context.standsFor.get(change.alert_id) ?? []),
    startsAt: iso(startedAtMs),
    endsAt: iso(endedAtMs === null ? context.nowMs + context.lastsMs : Math.max(endedAtMs, startedAtMs)),
    ...(link === undefined ? {} : { generatorURL: link }),
  };
}

function labelsOf(alert: ScoringAlert): Readonly<Record<string, string>> {
  return {
    alertname: nameAlert(alert.signal),
    severity: alert.severity,
    signal: alert.signal,
    subject: alert.subject,
    model: alert.model,
    version: alert.model_version,
    ...(alert.segment === null ? {} : { segment: alert.segment }),
    window_size: alert.window_size,
  };
}

/** `FeatureDrift` of `feature_drift`: a signal as Alertmanager's users write names. */
export function nameAlert(signal: string): string {
  return signal
    .split('_')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');
}

function annotationsOf(
  alert: ScoringAlert,
  link: string | undefined,
  standsFor: readonly string[],
): Readonly<Record<string, string>> {
  const of = `${alert.model} ${alert.model_version}`;
  return {
    summary: `${alert.signal.replaceAll('_', ' ')}: ${alert.subject} of ${of}`,
    description: alert.message,
    alert_id: alert.alert_id,
    value: String(alert.value),
    threshold: String(alert.threshold),
    statistic: alert.statistic,
    sample_size: String(alert.sample_size),
    window: `${iso(alert.window_start)} to ${iso(alert.window_end)}`,
    query: alert.query,
    ...(alert.runbook === null ? {} : { runbook: alert.runbook }),
    ...(link === undefined ? {} : { link }),
    ...(standsFor.length === 0 ? {} : { stands_for: standsFor.join(', ') }),
  };
}

/** A link with the alert's own fields in the place of their names in braces, safe in a URL. */
export function linkTo(alert: ScoringAlert, template: string | undefined): string | undefined {
  return template?.replaceAll(/\{(\w+)\}/g, (whole, name: string) =>
    Object.hasOwn(alert, name) ? encodeURIComponent(String(alert[name as keyof ScoringAlert] ?? '')) : whole,
  );
}

function iso(timeMs: number): string {
  return new Date(timeMs).toISOString();
}
