import type { MatureCohort, RetrainingFacts } from '@scoreline/core/retraining/facts.ts';
import type { CompleteRetrainingPolicy } from '@scoreline/core/policy/retraining-defaults.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { text, time } from '@scoreline/runtime/clickhouse/literals.ts';
import type { ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { newLabelsQuery } from '@scoreline/runtime/retraining/labels.ts';
import type { VersionName } from '../ingest/marks.ts';
import { listCritical, readDrifted, readFiring } from './firing-alerts.ts';

export interface FactsContext {
  readonly policy: CompleteRetrainingPolicy;
  /** Undefined: the package can't be had, so neither importance nor the AUC at training is known. */
  readonly known: ModelPackage | undefined;
  /** Labels recorded after this are new. */
  readonly labelsSinceMs: number;
}

/** Reads what speaks for or against training a served version anew. */
export async function readFacts(
  database: Pick<Database, 'query'>,
  version: VersionName,
  { policy, known, labelsSinceMs }: FactsContext,
): Promise<RetrainingFacts> {
  const firing = await readFiring(database, version);
  return {
    servingSinceMs: await readServingSince(database, version),
    trainedAuc: known?.manifest.training.metrics['auc'] ?? null,
    drifted: await readDrifted(database, version, {
      firing,
      importance: known?.manifest.importance ?? {},
    }),
    cohort: await readNewestCohort(database, version, policy),
    newLabels: await countNewLabels(database, version.model, {
      sinceMs: labelsSinceMs,
      atLeast: policy.newLabels,
    }),
    criticalAlerts: listCritical(firing),
  };
}

/** Start of the first wall-clock window in which the version scored, as far back as windows are kept. */
async function readServingSince(
  database: Pick<Database, 'query'>,
  { model, modelVersion }: VersionName,
): Promise<number | null> {
  const [first] = await database.query<{ sinceMs: number; windows: number }>(
    `SELECT toUnixTimestamp64Milli(min(window_start)) AS sinceMs, count() AS windows
    FROM operation_windows_raw
    WHERE model = {model:String} AND model_version = {version:String} AND count > 0`,
    { model, version: modelVersion },
  );
  return first === undefined || first.windows === 0 ? null : first.sinceMs;
}

async function readNewestCohort(
  database: Pick<Database, 'query'>,
  { model, modelVersion }: VersionName,
  { performance }: CompleteRetrainingPolicy,
): Promise<MatureCohort | null> {
  if (performance === null) return null;
  const ofVersion = `model = ${text(model)} AND model_version = ${text(modelVersion)} AND role = 'production'`;
  const [row] = await database.query<Omit<MatureCohort, 'query'> & { size: string }>(
    `SELECT auc, auc_low AS low, auc_high AS high, count AS labels, window_size AS size, toUnixTimestamp64Milli(window_start) AS windowStartMs,
      toUnixTimestamp64Milli(window_end) AS windowEndMs
    FROM performance_windows
    WHERE ${ofVersion} AND auc IS NOT NULL AND count >= {atLeast:UInt64}
    ORDER BY window_end DESC, window_start
    LIMIT 1`,
    { atLeast: performance.minimumLabels },
  );
  if (row === undefined) return null;
  const { size, ...cohort } = row;
  const query = `SELECT auc AS value FROM performance_windows
WHERE ${ofVersion} AND window_size = ${text(size)} AND window_start = ${time(row.windowStartMs)}`;
  return { ...cohort, query };
}

/** Null where they are fewer than it takes, which is seen without looking whose they are. */
async function countNewLabels(
  database: Pick<Database, 'query'>,
  model: string,
  { sinceMs, atLeast }: { readonly sinceMs: number; readonly atLeast: number | null },
): Promise<RetrainingFacts['newLabels']> {
  if (atLeast === null) return null;
  const [all] = await database.query<{ count: number }>(
    `SELECT count() AS count FROM lead_outcomes WHERE recorded_at > ${time(sinceMs)}`,
  );
  if ((all?.count ?? 0) < atLeast) return null;
  const query = newLabelsQuery(model, sinceMs);
  const [own] = await database.query<{ value: number }>(query);
  return { count: own?.value ?? 0, sinceMs, query };
}
