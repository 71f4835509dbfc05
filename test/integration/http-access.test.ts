import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ServiceProcess, startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { setUpIsolatedEnv } from '../support/isolated-env.ts';
import { runScoreline } from '../support/run-scoreline.ts';
import { until, untilGroupHasRead } from '../support/until.ts';

/** Services that others reach, by the keys that the command line makes. */
const REF = 'bank-leads@1.0.0';
const folder = mkdtempSync(join(tmpdir(), 'scoreline-http-access-'));
const keysFile = join(folder, 'keys.jsonl');

let env: Awaited<ReturnType<typeof setUpIsolatedEnv>>;
let settings: NodeJS.ProcessEnv;
let scorer: ServiceProcess;
let api: ServiceProcess;
let metricsUrl: string;
let crm: string;
let ops: string;

async function run(...args: string[]): Promise<string> {
  const { code, text } = await runScoreline(settings, args);
  if (code !== 0) throw new Error(`scoreline ${args.join(' ')} ended with ${code}: ${text}`);
  return text;
}

async function makeKey(name: string, ...scopes: string[]): Promise<string> {
  const text = await run('keys', 'new', name, '--scope', ...scopes, '--days', '30', '--file', keysFile);
  return /^key +(\S+)$/m.exec(text)?.[1] ?? '';
}

beforeAll(async () => {
  env = await setUpIsolatedEnv();
  mkdirSync(join(folder, 'store'));
  const store = { MODEL_STORE: join(folder, 'store'), MODELS_CACHE: join(folder, 'cache') };
  settings = { ...process.env, ...env, ...store };
  [crm, ops] = [await makeKey('crm', 'score'), await makeKey('ops', 'read', 'operate', 'metrics')];
  await run('model', 'push', 'models/bank-leads/1.0.0', '--reason', 'a test', '--actor', 'anna');

  const [scorerPort = 0, apiPort = 0, metricsPort = 0] = await findFreePorts(3);
  const guarded = { ...settings, HTTP_HOST: '0.0.0.0', HTTP_KEYS_FILE: keysFile };
  metricsUrl = `http://127.0.0.1:${metricsPort}/metrics`;
  scorer = await startService('scorer', {
    env: { ...guarded, MODEL: REF, METRICS_PORT: String(metricsPort), HTTP_RATE_LIMIT: '200' },
    port: scorerPort,
    logFolder: folder,
  });
  api = await startService('api', { env: guarded, port: apiPort, logFolder: folder });
  await Promise.all([scorer.untilReady(), api.untilReady()]);
});

afterAll(async () => {
  await Promise.all([scorer?.stop(), api?.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

async function send(url: string, key?: string, body?: object): Promise<{ status: number; body: string }> {
  const authorization = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const json = body === undefined ? {} : { 'content-type': 'application/json' };
  const answer = await fetch(url, {
    headers: { ...authorization, ...json },
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  return { status: answer.status, body: await answer.text() };
}

const lead = (id: string) => ({ lead_id: id, age: 41, job: 'technician', publish: true });

test('a decision takes a key, and is on record under its name', async () => {
  const stage = `${api.url}/models/${REF}/stage`;
  expect((await send(stage, undefined, { reason: 'why not' })).status).toBe(401);
  expect((await send(stage, crm, { reason: 'why not' })).status).toBe(403);
  expect((await send(stage, ops, { actor: 'anna', reason: 'why not' })).status).toBe(403);
  expect((await send(stage, ops, { reason: 'seen the report' })).status).toBe(200);
  expect(JSON.parse(await run('model', 'show', REF, '--json'))).toMatchObject({
    decisions: [{ actor: 'anna' }, { type: 'staged', actor: 'ops' }],
  });
});

test('a flood without keys and clients that say nothing hold up neither who has a key nor the stream', async () => {
  const { hostname, port } = new URL(scorer.url);
  const slow: Socket[] = Array.from({ length: 50 }, () => connect(Number(port), hostname));
  for (const socket of slow) {
    // One that is never read never sees its end.
    socket.on('error', () => {}).resume();
    socket.write('POST /score-lead HTTP/1.1\r\n');
  }
  const statuses = new Set<number>();
  const flood = Promise.all(
    Array.from({ length: 8 }, async () => {
      for (let count = 0; count < 150; count++) {
        statuses.add((await send(`${scorer.url}/score-lead`, 'scoreline_guessed', lead('guessed'))).status);
      }
    }),
  );
  const scored = await send(`${scorer.url}/score-lead`, crm, lead('lead-1'));
  expect(scored).toMatchObject({ status: 200, body: expect.stringContaining('"published"') });
  await flood;
  expect([...statuses].filter((status) => status !== 401 && status !== 429)).toEqual([]);
  await untilGroupHasRead(env, 'scorer');
  await until(async () => slow.every(({ closed }) => closed), 30_000, 'slow clients were not let go of');

  expect((await send(metricsUrl)).status).toBe(401);
  const { body } = await send(metricsUrl, ops);
  expect(body).toMatch(/scoreline_leads_in_total\S* 1\n/);
  expect(body).toMatch(/requests_refused_total\{reason="unknown_key"\S* [1-9]/);
  expect(body).toMatch(/requests_refused_total\{reason="timeout"\S* 50\n/);
});

test('a key is replaced while the services run, and no log ever has one', async () => {
  const next = await makeKey('crm', 'score');
  const statusOf = async (key: string) => (await send(`${scorer.url}/model-info`, key)).status;
  await until(async () => (await statusOf(next)) === 200, 10_000, 'the next key was not let in');
  expect(await statusOf(crm)).toBe(200);
  const [, ...lines] = readFileSync(keysFile, 'utf8').split('\n');
  writeFileSync(keysFile, lines.join('\n'));
  await until(async () => (await statusOf(crm)) === 401, 10_000, 'the key before was still let in');
  expect(await statusOf(next)).toBe(200);
  const logs = [scorer, api].map(({ logFile }) => readFileSync(logFile, 'utf8')).join('');
  expect(logs).toContain('http_keys_loaded');
  for (const key of [crm, ops, next, 'scoreline_guessed']) expect(logs).not.toContain(key);
});
