import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { run, venvBin } from './python.ts';

const script = fileURLToPath(new URL('log_model.py', import.meta.url));
const TIMEOUT_MS = 90_000;

/** Logs, registers and aliases a package's model by MLflow's own Python client (log_model.py). */
export async function logModel(
  trackingUrl: string,
  folder: string,
  name: string,
  ...more: string[]
): Promise<void> {
  const env = { ...process.env, MLFLOW_DISABLE_TELEMETRY: 'true' };
  const args = [script, trackingUrl, folder, name, ...more];
  const { status, output } = await run(join(venvBin, 'python'), args, TIMEOUT_MS, env);
  if (status !== 0) throw new Error(`log_model.py failed (${status}):\n${output}`);
}
