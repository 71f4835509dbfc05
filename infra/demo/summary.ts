import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Verdict } from '@scoreline/test/judge/judge-scores.ts';
import type { ScoresVerdict } from '@scoreline/test/judge/judge-topic.ts';
import { quantile } from '@scoreline/test/judge/quantile.ts';

/** What a run of the demo came to; written as JSON by `--summary`. */
export interface DemoSummary {
  readonly leads: number;
  readonly scores: number;
  readonly shadow_scores: number;
  readonly dead_letters: number;
  /** Of scores and shadow scores together, as an independent reader counts them. */
  readonly duplicates: number;
  readonly lost: number;
  /** From the first lead's Kafka timestamp to the last score's. */
  readonly leads_per_second: number;
  /** From a lead's Kafka timestamp to its score's. */
  readonly latency_ms: { readonly p50: number; readonly p95: number; readonly p99: number };
  /** Event-time windows of production that were computed, all sizes. */
  readonly windows: number;
  /** Alerts that were announced. */
  readonly alerts: { readonly info: number; readonly warning: number; readonly critical: number };
  /** Alerts that fired too and that these stood for. */
  readonly alerts_silenced: number;
  /** Of all that fired. */
  readonly alert_subjects: readonly string[];
  readonly production: ModelSummary | null;
  readonly shadow: (ModelSummary & PairSummary) | null;
}

/** How a model version did on the leads whose outcome is known. */
export interface ModelSummary {
  readonly model: string;
  readonly version: string;
  readonly outcomes: number;
  readonly mean_score: number;
  readonly conversion_rate: number;
  readonly auc: number | null;
  readonly brier: number;
}

/** The candidate beside production, on the same leads. */
export interface PairSummary {
  readonly pairs: number;
  readonly mean_difference: number;
  readonly max_difference: number;
  readonly band_flip_share: number;
}

/** The judge's verdict on Kafka, and what stands in ClickHouse, as one summary. */
export async function summarise(
  database: Database,
  verdict: Verdict,
  topics: { readonly scores: string; readonly shadow: string },
  elapsedMs: number,
): Promise<DemoSummary> {
  const scores = verdict.byTopic.get(topics.scores);
  const shadow = verdict.byTopic.get(topics.shadow);
  const sum = (count: (topic: ScoresVerdict) => number): number =>
    [...verdict.byTopic.values()].reduce((total, topic) => total + count(topic), 0);
  const latencies = scores?.latencyMs ?? new Float64Array();
  const models = await readModels(database);
  const pairs = await readPairs(database);
  const shadowModel = models.find(({ role }) => role === 'shadow');
  return {
    leads: verdict.leads,
    scores: scores?.scores ?? 0,
    shadow_scores: shadow?.scores ?? 0,
    dead_letters: scores?.deadLetters ?? 0,
    duplicates: sum(({ duplicates }) => duplicates) + verdict.duplicateDeadLetters,
    lost: sum(({ lost }) => lost),
    leads_per_second: Math.round(((scores?.scores ?? 0) / Math.max(1, elapsedMs)) * 1_000),
    latency_ms: {
      p50: quantile(latencies, 0.5),
      p95: quantile(latencies, 0.95),
      p99: quantile(latencies, 0.99),
    },
    windows: await readWindowCount(database),
    ...(await readAlerts(database)),
    production: withoutRole(models.find(({ role }) => role === 'production')),
    shadow: shadowModel && pairs ? { ...withoutRole(shadowModel), ...pairs } : null,
  };
}

/** Why not every lead was scored exactly once by both; none: each was. */
export function findFaults(verdict: Verdict, published: number): readonly string[] {
  const faults: [number, string][] = [
    [published - verdict.leads, 'leads published and not on the topic'],
    [verdict.deadLetters, 'dead letters'],
    [verdict.duplicateDeadLetters, 'dead letters of no lead, or the second of one'],
    [verdict.openTransactions, 'transactions left open'],
  ];
  for (const topic of verdict.byTopic.values()) {
    faults.push(
      [topic.lost, `leads without a score on ${topic.topic}`],
      [topic.duplicates, `duplicates on ${topic.topic}`],
      [topic.foreign, `scores of no lead on ${topic.topic}`],
      [topic.misplaced, `scores on another partition than their lead on ${topic.topic}`],
      [topic.outOfOrder, `scores out of order on ${topic.topic}`],
      [topic.contradicted, `scores of leads that are dead letters on ${topic.topic}`],
    );
  }
  return faults.filter(([count]) => count !== 0).map(([count, what]) => `${count} ${what}`);
}

type ModelRow = ModelSummary & { readonly role: string };

function readModels(database: Database): Promise<ModelRow[]> {
  return database.query<ModelRow>(`
    SELECT s.role AS role, s.model AS model, s.model_version AS version, count() AS outcomes,
      avg(s.score) AS mean_score, avg(o.label) AS conversion_rate,
      if(conversion_rate > 0 AND conversion_rate < 1, arrayROCAUC(groupArray(s.score), groupArray(o.label)), NULL) AS auc,
      avg(pow(s.score - o.label, 2)) AS brier
    FROM scores AS s
    INNER JOIN outcomes AS o ON s.lead_id = o.lead_id AND s.event_id = o.event_id
    GROUP BY role, model, version`);
}

async function readPairs(database: Database): Promise<PairSummary | undefined> {
  const [pairs] = await database.query<PairSummary>(`
    SELECT count() AS pairs, avg(difference) AS mean_difference, max(abs(difference)) AS max_difference,
      avg(band_flip) AS band_flip_share
    FROM shadow_pairs
    HAVING pairs > 0`);
  return pairs;
}

async function readWindowCount(database: Database): Promise<number> {
  const [row] = await database.query<{ windows: number }>(
    `SELECT count() AS windows FROM score_windows WHERE role = 'production'`,
  );
  return row?.windows ?? 0;
}

async function readAlerts(
  database: Database,
): Promise<Pick<DemoSummary, 'alerts' | 'alerts_silenced' | 'alert_subjects'>> {
  const rows = await database.query<{
    severity: 'info' | 'warning' | 'critical';
    subject: string;
    announced: 0 | 1;
  }>(`
    SELECT argMax(severity, position) AS severity, any(subject) AS subject, max(silenced_by IS NULL) AS announced
    FROM alerts
    WHERE state = 'firing' AND signal NOT IN ('retraining', 'report', 'test')
    GROUP BY alert_id, episode_started_at`);
  const alerts = { info: 0, warning: 0, critical: 0 };
  const announced = rows.filter((row) => row.announced === 1);
  for (const { severity } of announced) alerts[severity] += 1;
  return {
    alerts,
    alerts_silenced: rows.length - announced.length,
    alert_subjects: [...new Set(rows.map(({ subject }) => subject))].sort(),
  };
}

function withoutRole(row: ModelRow): ModelSummary;
function withoutRole(row: ModelRow | undefined): ModelSummary | null;
function withoutRole(row: ModelRow | undefined): ModelSummary | null {
  if (row === undefined) return null;
  const { role: _role, ...model } = row;
  return model;
}
