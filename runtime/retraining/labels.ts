import type { TrainingWindow } from '@scoreline/core/contracts/retraining-requested.ts';
import type { Database } from '../clickhouse/database.ts';
import { text, time } from '../clickhouse/literals.ts';

/** Newest outcome of each lead that the model has scored. */
function labelsOf(model: string): string {
  return `outcomes WHERE lead_id IN (SELECT lead_id FROM lead_scores WHERE model = ${text(model)} AND role IN ('production', 'canary'))`;
}

/** SQL of the number of a model's labels that the CRM has recorded since a moment. */
export function newLabelsQuery(model: string, sinceMs: number): string {
  return `SELECT count() AS value FROM ${labelsOf(model)} AND recorded_at > ${time(sinceMs)}`;
}

/** What there is to learn from; null without a label. Reads every outcome of the model: not to be asked each second. */
export async function readTrainingWindow(
  database: Pick<Database, 'query'>,
  model: string,
  sinceMs: number,
): Promise<TrainingWindow | null> {
  const [row] = await database.query<TrainingWindow>(
    `SELECT toUnixTimestamp64Milli(min(recorded_at)) AS labels_from, toUnixTimestamp64Milli(max(recorded_at)) AS labels_to,
      count() AS labels, countIf(converted) AS positives, countIf(recorded_at > ${time(sinceMs)}) AS new_labels
    FROM ${labelsOf(model)}`,
  );
  return row === undefined || row.labels === 0 ? null : row;
}
