import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, venvBin } from './python.ts';

/** A package's model, as it shall be in MLflow. */
export interface LoggedModel {
  readonly folder: string;
  readonly name: string;
  readonly alias: string;
  /** false: the model alone, without its package. */
  readonly withPackage?: boolean;
}

const script = fileURLToPath(new URL('log_model.py', import.meta.url));
const TIMEOUT_MS = 240_000;

/** Logs, registers and aliases models by MLflow's own Python client (log_model.py), in order. */
export async function logModels(trackingUrl: string, models: readonly LoggedModel[]): Promise<void> {
  const lines = models.map(({ withPackage = true, ...model }) =>
    JSON.stringify({ ...model, with_package: withPackage }),
  );
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' };
  const python = join(venvBin, 'python');
  const { status, output } = await run(python, [script, trackingUrl], TIMEOUT_MS, env, lines.join('\n'));
  if (status !== 0) throw new Error(`log_model.py failed (${status}):\n${output}`);
}
