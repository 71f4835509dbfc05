import { splitVersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { Evaluation } from '@scoreline/core/rollout/evaluation.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import type { Database } from '../../clickhouse/database.ts';

/** Keeps evaluations for analysts, in `rollout_evaluations`; the same one twice is one. Throws what the insert throws. */
export function createEvaluationRecorder(
  database: Pick<Database, 'insert'>,
): (rollout: Rollout, evaluation: Evaluation) => Promise<void> {
  return async ({ id, step, share }, { atMs, checks }) => {
    const rows = checks.map(({ name, treatment, onFailure, state, value, limit, sample, detail }) => {
      const { model, version } = splitVersionRef(treatment);
      const measured = { check_name: name, model, model_version: version, on_failure: onFailure };
      const found = { state, value, limit, sample, detail };
      return { rollout_id: id, evaluated_at: atMs, step, share, ...measured, ...found };
    });
    await database.insert('rollout_evaluations_raw', rows);
  };
}
