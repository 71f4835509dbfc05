import { cp, mkdir, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { buildDeepTree } from '@scoreline/runtime/testing/deep-tree.ts';
import { writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { type IsolatedEnv, setUpIsolatedEnv } from '../support/isolated-env.ts';
import { runScoreline } from '../support/run-scoreline.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const OLD = 'bank-leads@1.0.0';
const NEW = 'bank-leads@1.1.0';

let env: IsolatedEnv;
let folder: string;
let settings: NodeJS.ProcessEnv;

beforeAll(async () => {
  env = await setUpIsolatedEnv();
  folder = await mkdtemp(join(tmpdir(), 'scoreline-registry-cli-'));
  await mkdir(join(folder, 'store'));
  settings = {
    ...process.env,
    ...env,
    MODEL_STORE: join(folder, 'store'),
    MODELS_CACHE: join(folder, 'cache'),
  };
});

afterAll(() => rm(folder, { recursive: true, force: true }));

const model = (...args: string[]) => runScoreline(settings, ['model', ...args]);

const because = ['--reason', 'a test', '--actor', 'anna'];

test('push puts the package into the store; the same again is nothing, other bytes are refused', async () => {
  expect(await model('push', 'models/bank-leads/1.0.0', ...because)).toMatchObject({
    code: 0,
    text: expect.stringContaining(`✓ ${OLD} is registered`),
  });
  expect(await readdir(join(folder, 'store/bank-leads/1.0.0'))).toContain('model.onnx');
  expect((await model('push', 'models/bank-leads/1.0.0', ...because)).text).toMatch(/^= /);

  const changed = join(folder, 'changed/bank-leads/1.0.0');
  await cp(join(REPOSITORY, 'models/bank-leads/1.1.0'), changed, { recursive: true });
  expect(await model('push', changed, ...because)).toMatchObject({
    code: 1,
    text: expect.stringContaining('package.folder'),
  });
});

test('a model at which onnxruntime dies is refused, and the command lives to say so', async () => {
  const deadly = await writeTinyPackage((parts) => {
    parts.model = buildDeepTree(50_000);
  });
  onTestFinished(() => deadly.remove());
  expect(await model('push', deadly.dir, ...because)).toMatchObject({
    code: 1,
    text: expect.stringContaining('model.crashes'),
  });
});

test('the way to Production, with a refusal at each step that is left out', async () => {
  expect((await model('approve', OLD, ...because)).text).toContain('stage it first');
  expect((await model('promote', OLD, '--to', 'staging', ...because)).code).toBe(0);
  expect(await model('promote', OLD, ...because)).toMatchObject({
    code: 1,
    text: expect.stringContaining(`have it approved (scoreline model approve ${OLD}`),
  });
  expect((await model('approve', OLD, ...because)).text).toContain(`✓ ${OLD} is approved by anna`);
  const promoted = await model('promote', OLD, ...because, '--json');
  expect(JSON.parse(promoted.text)).toMatchObject({
    ok: true,
    changed: true,
    registry: { revision: 4, production: OLD, aliases: { champion: OLD } },
  });
});

test('a second version, and back', async () => {
  await model('push', 'models/bank-leads/1.1.0', ...because);
  await model('stage', NEW, ...because);
  expect((await model('list')).text).toContain(`champion → ${OLD} · challenger → ${NEW}`);
  await model('approve', NEW, ...because);
  await model('promote', NEW, ...because);
  expect((await model('rollback', ...because)).text).toContain(`✓ ${OLD} is in Production again`);
  const shown = await model('show', NEW);
  expect(shown.text).toContain('archived');
  expect(shown.text).toContain(`anna: ${OLD} took its place: a test`);
});

test('of two commands at once one wins, and the other is told', async () => {
  const [one, two] = await Promise.all([
    model('reject', NEW, '--reason', 'one', '--actor', 'anna'),
    model('stage', NEW, '--reason', 'two', '--actor', 'otto'),
  ]);
  // Where they don't meet, the later one finds the other's decision: staged and then rejected, or rejected for good.
  const { text } = await model('show', NEW, '--json');
  const { stage } = JSON.parse(text) as { stage: string };
  const wins = [one, two].filter(({ code }) => code === 0).length;
  expect([wins, stage]).toEqual(wins === 2 ? [2, 'rejected'] : [1, one.code === 0 ? 'rejected' : 'staging']);
});

test('the API tells the same, and decides the same way', async () => {
  const [port = 0] = await findFreePorts(1);
  const api = await startService('api', { env: settings, port, logFolder: folder });
  onTestFinished(() => api.stop());
  await api.untilReady();
  const registry = (await (await fetch(`${api.url}/registry`)).json()) as {
    production: string;
    revision: number;
  };
  expect(registry.production).toBe(OLD);
  const answer = await fetch(`${api.url}/aliases/best`, {
    method: 'PUT',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ ref: OLD, actor: 'anna', reason: 'a test', expected_revision: registry.revision }),
  });
  expect([answer.status, await answer.json()]).toMatchObject([200, { changed: true }]);
  expect((await model('list')).text).toContain(`best → ${OLD}`);
});

test('brokers that are away are told within 20 seconds, and nothing hangs', async () => {
  const before = settings;
  settings = { ...settings, KAFKA_BROKERS: '127.0.0.1:1' };
  const { code, text } = await model('list');
  settings = before;
  expect([code, text]).toEqual([1, expect.stringContaining("the model registry can't be reached")]);
});
