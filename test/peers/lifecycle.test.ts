import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startStack } from '@scoreline/infra/local/stack.ts';
import { setUp } from '@scoreline/infra/setup/setup.ts';
import { createMlflowClient } from '@scoreline/runtime/mlflow/client.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { logModels } from './log-models.ts';
import { run } from './python.ts';
import { type PeerServer, startMlflow, startMoto } from './server.ts';

const repository = fileURLToPath(new URL('../..', import.meta.url));
const closers: (() => Promise<unknown>)[] = [];
let env: NodeJS.ProcessEnv;
let mlflow: PeerServer;

beforeAll(async () => {
  const home = await mkdtemp(join(tmpdir(), 'scoreline-peers-'));
  closers.push(() => rm(home, { recursive: true, force: true }));
  const stack = await startStack({
    home: join(home, 'stack'),
    ports: 'free',
    keepData: false,
    log: () => {},
  });
  closers.push(() => stack.stop());
  await setUp({ env: stack.env, log: () => {} });
  mlflow = await startMlflow(home);
  closers.push(() => mlflow.stop());
  const moto = await startMoto();
  closers.push(() => moto.stop());
  await fetch(`${moto.url}/models`, { method: 'PUT' });
  env = {
    ...process.env,
    ...stack.env,
    MLFLOW_TRACKING_URI: mlflow.url,
    MODELS_DIR: join(home, 'imported'),
    MODELS_CACHE: join(home, 'cache'),
    MODEL_STORE: 's3://models/scoreline',
    AWS_ENDPOINT_URL: moto.url,
    AWS_ACCESS_KEY_ID: 'tests',
    AWS_SECRET_ACCESS_KEY: 'tests',
  };
  await logModels(mlflow.url, [
    { folder: join(repository, 'models/bank-leads/1.1.0'), name: 'bank', alias: 'ready' },
  ]);
}, 400_000);
afterAll(async () => {
  for (const close of closers.reverse()) await close();
}, 60_000);

/** The command line as a person runs it; what it printed. */
async function scoreline(...args: string[]): Promise<string> {
  const { status, output } = await run(process.execPath, ['cli/main.ts', ...args], 60_000, env);
  if (status !== 0) throw new Error(`scoreline ${args.join(' ')} failed (${status}):\n${output}`);
  return output;
}

test('a model comes from MLflow into an S3 store, is decided on here, and MLflow shows the decision', async () => {
  const client = createMlflowClient({ trackingUrl: mlflow.url });
  const imported = await scoreline('model', 'import', 'mlflow:/bank/ready', '--push');
  expect(imported).toContain('✓ imported: bank-leads@1.1.0');
  const shown = await scoreline('model', 'show', 'bank-leads@1.1.0');
  expect(shown).toContain('s3://models/scoreline/bank-leads/1.1.0');
  expect(shown).toContain("imported from mlflow:/bank/ready (MLflow's bank 1)");

  for (const verb of ['stage', 'approve', 'promote']) {
    await scoreline('model', verb, 'bank-leads@1.1.0', '--reason', 'it is better');
    await scoreline('model', 'sync-aliases', 'bank');
    const alias = verb === 'promote' ? 'champion' : 'challenger';
    expect(await client.listAliases('bank')).toEqual(
      new Map([
        [alias, '1'],
        ['ready', '1'],
      ]),
    );
  }
  expect(await scoreline('model', 'sync-aliases', 'bank')).toContain('point there already');
}, 240_000);
