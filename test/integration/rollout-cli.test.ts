import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceProcess, startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { setUpIsolatedEnv } from '../support/isolated-env.ts';
import { runScoreline } from '../support/run-scoreline.ts';
import { until } from '../support/until.ts';

const OLD = 'bank-leads@1.0.0';
const NEW = 'bank-leads@1.1.0';
const because = ['--reason', 'a test', '--actor', 'anna'];

let folder: string;
let settings: NodeJS.ProcessEnv;

beforeAll(async () => {
  const env = await setUpIsolatedEnv();
  folder = await mkdtemp(join(tmpdir(), 'scoreline-rollout-cli-'));
  await mkdir(join(folder, 'store'));
  const places = { MODEL_STORE: join(folder, 'store'), MODELS_CACHE: join(folder, 'cache') };
  settings = { ...process.env, ...env, ...places };
  for (const version of [OLD, NEW]) {
    await decided('model', 'push', `models/${version.replace('@', '/')}`, ...because);
    await decided('model', 'stage', version, ...because);
  }
  await decided('model', 'approve', OLD, ...because);
  await decided('model', 'promote', OLD, ...because);
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const scoreline = (...args: string[]) => runScoreline(settings, args);
const rollout = (...args: string[]) => scoreline('rollout', ...args);

async function decided(...args: string[]): Promise<string> {
  const { code, text } = await scoreline(...args);
  if (code !== 0) throw new Error(`scoreline ${args.join(' ')}: ${text}`);
  return text;
}

/** `rollout status --json`, with its exit code. */
async function status(): Promise<{ code: number; told: Record<string, unknown> }> {
  const { code, text } = await rollout('status', '--json');
  return { code, told: JSON.parse(text) as Record<string, unknown> };
}

async function start(name: 'api' | 'rollout'): Promise<ServiceProcess> {
  const [port = 0] = await findFreePorts(1);
  const service = await startService(name, { env: settings, port, logFolder: folder });
  onTestFinished(() => service.stop());
  await service.untilReady();
  return service;
}

test('a canary needs an approval; without a controller it starts, and everybody is told what that means', async () => {
  expect(await rollout('start', NEW, ...because)).toMatchObject({
    code: 1,
    text: expect.stringContaining(`scoreline model approve ${NEW}`),
  });
  await decided('model', 'approve', NEW, ...because);
  const started = await decided('rollout', 'start', NEW, '--steps', '10%:P1D,50%:P2D', ...because);
  expect(started).toContain('! NO CONTROLLER IS RUNNING');
  expect(started).toMatch(
    /✓ bank-leads-1\.1\.0-\d{8}-\d{6} has started: 10 % of the leads to bank-leads@1\.1\.0/,
  );
  const { code, text } = await rollout('status');
  expect(code).toBe(3);
  expect(text.split('\n')[0]).toMatch(/is running: 10 % of the leads .* NO CONTROLLER IS RUNNING/);
  expect(text).toContain(`leads:      90 % ${OLD}, 10 % ${NEW}`);
  expect(text).toMatch(/error rate +… wants data/);
  expect((await rollout('start', NEW, ...because)).text).toContain('[rollout.active]');
});

test('with ClickHouse and the store away nothing is measured, nothing advances, and it can be ended all the same', async () => {
  const before = settings;
  settings = { ...settings, CLICKHOUSE_URL: 'http://127.0.0.1:1', MODEL_STORE: join(folder, 'nowhere') };
  const { told } = await status();
  const ended = await rollout('abort', ...because);
  settings = before;
  expect(told).toMatchObject({ verdict: 'inconclusive', next: { action: 'wait' } });
  expect(told['checks']).not.toEqual([]);
  expect(JSON.stringify(told['checks'])).toContain('ClickHouse');
  expect(ended).toMatchObject({ code: 0, text: expect.stringContaining(`${OLD} scores every lead`) });
  expect((await rollout('pause', ...because)).text).toContain('is aborted');
});

test('with a controller: pause, resume, promote, and the version comes to Production', async () => {
  await start('rollout');
  await decided('rollout', 'start', NEW, ...because);
  expect(await status()).toMatchObject({ code: 0, told: { controller: { state: 'present', instances: 1 } } });
  await decided('rollout', 'pause', ...because);
  expect((await status()).code).toBe(3);
  await decided('rollout', 'resume', ...because);
  const promoted = await decided('rollout', 'promote', ...because);
  expect(promoted).toContain('! not everything has been measured: error_rate');
  await until(async () => (await status()).told['verdict'] === null, 20_000);
  expect((await rollout('status')).text).toMatch(
    /is completed since .* left every lead to bank-leads@1\.1\.0/,
  );
  expect((await scoreline('model', 'list')).text).toContain(`champion → ${NEW}`);
});

test('the API tells the same, and ends what the command line has started', async () => {
  await decided('model', 'stage', OLD, ...because);
  await decided('model', 'approve', OLD, ...because);
  const api = await start('api');
  await decided('rollout', 'start', OLD, '--steps', '5%:PT1H', ...because);
  const active = (await (await fetch(`${api.url}/rollouts/active`)).json()) as {
    revision: number;
    summary: string;
    traffic: object[];
  };
  expect(active).toMatchObject({ traffic: [{ ref: NEW, share: 0.95 }, { ref: OLD }] });
  const body = { actor: 'otto', reason: 'a test', expected_revision: active.revision };
  const answer = await fetch(`${api.url}/rollouts/active/abort`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
  });
  expect([answer.status, await answer.json()]).toMatchObject([200, { rollout: { status: 'aborted' } }]);
  expect((await rollout('list')).text).toMatch(/aborted +– .* otto +a test/);
});

test('an A/B test: started, read before there is anything to read, stopped', async () => {
  const arm = ['--arm', `${OLD}=25%`];
  expect((await scoreline('experiment', 'report')).text).toContain('[rollout.none]');
  await decided('experiment', 'start', ...arm, ...because);
  const report = JSON.parse(await decided('experiment', 'report', '--json')) as object;
  expect(report).toMatchObject({
    rollout: { kind: 'ab_test', treatments: [{ ref: OLD, share: 0.25 }] },
    report: { verdict: { kind: 'too_little_data' }, arms: [{ exposed: 0 }, { exposed: 0 }] },
  });
  expect((await rollout('promote', ...because)).text).toContain('scoreline experiment stop');
  expect(await decided('experiment', 'stop', ...because)).toContain(`${NEW} scores every lead`);
});

test('brokers that are away are told within 20 seconds, and nothing hangs', async () => {
  const { code, text } = await runScoreline({ ...settings, KAFKA_BROKERS: '127.0.0.1:1' }, [
    'rollout',
    'list',
  ]);
  expect([code, text]).toEqual([1, expect.stringContaining("the rollouts can't be reached")]);
});
