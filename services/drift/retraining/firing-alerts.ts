import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { CriticalAlert, DriftedFeature } from '@scoreline/core/retraining/facts.ts';
import { parseDuration } from '@scoreline/core/windows/duration.ts';
import { windowStart } from '@scoreline/core/windows/tumbling.ts';
import { readLatest } from '@scoreline/runtime/alerts/read-alerts.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { text, time } from '@scoreline/runtime/clickhouse/literals.ts';
import type { VersionName } from '../ingest/marks.ts';

/** Alerts of features and predictions that retraining could cure; a slow service isn't. */
const DRIFT_SIGNALS: ReadonlySet<string> = new Set([
  'feature_drift',
  'prediction_drift',
  'missing_rate',
  'new_category',
]);

/** What fires now about the features and predictions of a version's production leads, silenced alerts too. */
export async function readFiring(
  database: Pick<Database, 'query'>,
  { model, modelVersion }: VersionName,
): Promise<readonly ScoringAlert[]> {
  const firing = await readLatest(database, `state = 'firing'`);
  return firing.filter(
    (alert) =>
      alert.model === model &&
      alert.model_version === modelVersion &&
      alert.segment === null &&
      DRIFT_SIGNALS.has(alert.signal),
  );
}

export function listCritical(firing: readonly ScoringAlert[]): readonly CriticalAlert[] {
  const critical = firing.filter(({ severity }) => severity === 'critical');
  return critical.map(({ message, value, threshold, query, ...alert }) => ({
    message,
    value,
    threshold,
    query,
    sampleSize: alert.sample_size,
    windowStartMs: alert.window_start,
    windowEndMs: alert.window_end,
  }));
}

/** Features whose PSI alert fires, with the PSI of their newest window rather than of the one that made it fire. */
export async function readDrifted(
  database: Pick<Database, 'query'>,
  version: VersionName,
  {
    firing,
    importance,
  }: { readonly firing: readonly ScoringAlert[]; readonly importance: Readonly<Record<string, number>> },
): Promise<readonly DriftedFeature[]> {
  const drifting = firing.filter(
    ({ signal, statistic }) => signal === 'feature_drift' && statistic === 'psi',
  );
  const drifted: DriftedFeature[] = [];
  for (const alert of drifting) {
    const newest = await readNewestPsi(database, version, alert);
    if (newest === undefined) continue;
    drifted.push({
      feature: alert.subject,
      importance: importance[alert.subject] ?? 0,
      driftingSinceMs: firstWindowStart(alert),
      ...newest,
    });
  }
  return drifted;
}

type NewestPsi = Pick<DriftedFeature, 'psi' | 'sampleSize' | 'windowStartMs' | 'windowEndMs' | 'query'>;

async function readNewestPsi(
  database: Pick<Database, 'query'>,
  { model, modelVersion }: VersionName,
  { subject, window_size: windowSize }: ScoringAlert,
): Promise<NewestPsi | undefined> {
  const ofFeature = `model = ${text(model)} AND model_version = ${text(modelVersion)} AND role = 'production'
  AND signal = 'feature_drift' AND statistic = 'psi' AND subject = ${text(subject)} AND window_size = ${text(windowSize)}`;
  const [newest] = await database.query<Omit<NewestPsi, 'query'>>(
    `SELECT value AS psi, sample_size AS sampleSize, toUnixTimestamp64Milli(window_start) AS windowStartMs,
      toUnixTimestamp64Milli(window_end) AS windowEndMs
    FROM drift_results
    WHERE ${ofFeature} AND verdict IN ('ok', 'drifted')
    ORDER BY window_start DESC
    LIMIT 1`,
  );
  if (newest === undefined) return undefined;
  const query = `SELECT value FROM drift_results
WHERE ${ofFeature} AND window_start = ${time(newest.windowStartMs)}`;
  return { ...newest, query };
}

/** Start of the window that made an alert fire. */
function firstWindowStart({
  window_size: windowSize,
  episode_started_at: episodeStartedAtMs,
}: ScoringAlert): number {
  const size = parseDuration(windowSize);
  return size === null ? episodeStartedAtMs : windowStart(episodeStartedAtMs - 1, size);
}
