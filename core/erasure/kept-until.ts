/** How long a topic keeps a record, as its brokers say. */
export interface TopicRetention {
  /** Name without prefix. */
  readonly topic: LeadTopic;
  /** Infinity where it keeps records for ever. */
  readonly keepsMs: number;
}

/** Topics whose records name a lead. No other one does: alerts, model and rollout decisions are about models. */
export const LEAD_TOPICS = [
  'lead-created',
  'lead-created.dlq',
  'lead-scores',
  'lead-shadow-scores',
  'lead-outcomes',
] as const;

export type LeadTopic = (typeof LEAD_TOPICS)[number];

/** What stands in for "for ever" where a time is stored: the year 2100. */
export const FOR_EVER_MS = Date.UTC(2100, 0, 1);

/**
 * When no topic holds a record of a lead any more that gets no new ones from now on. Records beget records on their
 * last day: an event its scores (a scorer that lags, a new shadow, a backtest) or its dead letter, and that, replayed
 * once, the event. FOR_EVER_MS where a topic keeps records for ever.
 */
export function keptUntil(nowMs: number, retentions: readonly TopicRetention[]): number {
  const keepsMs = new Map(retentions.map((retention) => [retention.topic, retention.keepsMs]));
  const of = (topic: LeadTopic): number => keepsMs.get(topic) ?? 0;
  const scoresMs = Math.max(of('lead-scores'), of('lead-shadow-scores'));
  const eventsMs = of('lead-created') + of('lead-created.dlq') + of('lead-created') + scoresMs;
  return Math.min(nowMs + Math.max(eventsMs, of('lead-outcomes')), FOR_EVER_MS);
}

/** Kafka looks for what is too old every five minutes, and deletes files a minute later. */
const CLEANUP_MS = 10 * 60_000;

/**
 * How long a topic with these settings keeps a record: its retention, counted from the youngest record of the same
 * segment, which is up to `segment.ms` younger. Infinity without a retention, and for a compacted topic.
 */
export function keepsMsOf(configs: ReadonlyMap<string, string>): number {
  const retentionMs = Number(configs.get('retention.ms') ?? -1);
  const deletes = (configs.get('cleanup.policy') ?? 'delete').split(',').includes('delete');
  if (!deletes || !(retentionMs >= 0)) return Infinity;
  return retentionMs + Number(configs.get('segment.ms') ?? 0) + CLEANUP_MS;
}
