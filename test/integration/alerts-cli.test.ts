import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { type ServiceProcess, startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type AlertReceiver, startAlertReceiver } from '../support/alert-receiver.ts';
import { type FakeAlertmanager, startFakeAlertmanager } from '../support/fake-alertmanager.ts';
import { type IsolatedEnv, setUpIsolatedEnv } from '../support/isolated-env.ts';
import { runScoreline } from '../support/run-scoreline.ts';
import { until } from '../support/until.ts';

/** `scoreline alerts …` beside a drift that runs and delivers: the real path, from the outbox to receivers of HTTP. */
const REPOSITORY = join(import.meta.dirname, '../..');
let env: IsolatedEnv;
let hook: AlertReceiver;
let alertmanager: FakeAlertmanager;
let drift: ServiceProcess;

beforeAll(async () => {
  [env, hook, alertmanager] = await Promise.all([
    setUpIsolatedEnv({ PARTITIONS: '1' }),
    startAlertReceiver(),
    startFakeAlertmanager(),
  ]);
  const [port = 0] = await findFreePorts(1);
  const sinks = { ALERT_WEBHOOK_URL: `${hook.url}/hook`, ALERTMANAGER_URL: alertmanager.url };
  drift = await startService('drift', {
    env: { ...process.env, ...env, ...sinks },
    port,
    logFolder: mkdtempSync(join(tmpdir(), 'scoreline-alerts-')),
  });
  await drift.untilReady();
  const database = createDatabase({ url: env.CLICKHOUSE_URL, database: env.CLICKHOUSE_DATABASE });
  const seen = async () =>
    (await database.query(`SELECT sink FROM alert_sinks`)).length === Object.keys(sinks).length;
  await until(seen, 30_000, 'drift has not looked at its sinks');
  await database.close();
});
afterAll(async () => {
  await drift?.stop();
  await Promise.all([hook?.close(), alertmanager?.close()]);
});

const alerts = (...args: readonly string[]) => runScoreline({ ...process.env, ...env }, ['alerts', ...args]);

/** What the webhook got of this severity's test, oldest first. */
const heard = (severity: string): string[] =>
  hook.received
    .map(({ body }) => JSON.parse(body) as ScoringAlert)
    .filter(({ signal, subject }) => signal === 'test' && subject === severity)
    .map(({ state }) => state);

/** Whether Alertmanager was told of it, and last that it has ended. */
function hasEnded(severity: string): boolean {
  const told = alertmanager
    .posts()
    .flatMap((post) =>
      post.filter(({ labels }) => labels['signal'] === 'test' && labels['subject'] === severity),
    );
  const last = told.at(-1);
  return last !== undefined && Date.parse(last.endsAt) <= Date.now();
}

test('a test alert comes to every sink, each step is told, and it is resolved everywhere', async () => {
  const { code, text } = await alerts('test', '--severity', 'critical', '--hold', '1');
  expect(text).toContain('✓ topic: ');
  expect(text).toContain('✓ ClickHouse: alerts, position ');
  expect(text).toContain('✓ webhook: delivered');
  expect(text).toContain(`✓ alertmanager ${new URL(alertmanager.url).host}: delivered`);
  expect(text).toContain('✓ resolved');
  expect(code).toBe(0);
  await until(async () => heard('critical').length === 2, 20_000, 'the webhook was not told its end');
  expect(heard('critical')).toEqual(['firing', 'resolved']);
  await until(async () => hasEnded('critical'), 20_000, 'Alertmanager was not told its end');
});

test('Ctrl-C while it fires ends the alert, too', async () => {
  const args = [join(REPOSITORY, 'cli/main.ts'), 'alerts', 'test', '--severity', 'warning', '--hold', '600'];
  const child = spawn(process.execPath, args, { cwd: REPOSITORY, env: { ...process.env, ...env } });
  const printed: string[] = [];
  child.stdout.on('data', (chunk: Buffer) => void printed.push(chunk.toString()));
  const exited = once(child, 'exit');
  await until(async () => printed.join('').includes('webhook: delivered'), 60_000, 'no sink was told');
  child.kill('SIGINT');
  const [code] = (await exited) as [number | null];
  expect(printed.join('')).toContain('interrupted: its end is on its way');
  expect(printed.join('')).toContain('✓ resolved');
  expect(code).toBe(1);
  await until(async () => heard('warning').length === 2, 20_000, 'the webhook was not told its end');
  expect(heard('warning')).toEqual(['firing', 'resolved']);
});

test('a sink that refuses is told by its name, and the rest goes on', async () => {
  hook.answerWith(422);
  const { code, text } = await alerts('test', '--severity', 'info', '--hold', '0', '--timeout', '8');
  hook.answerWith(200);
  expect(text).toContain('✗ webhook: HTTP 422');
  expect(text).toContain(`✓ alertmanager ${new URL(alertmanager.url).host}: delivered`);
  expect(text).toContain('✓ resolved');
  expect(code).toBe(1);
});

test('a silence by command holds in drift, Alertmanager has it, and its end lets the alert through', async () => {
  const silenced = await alerts('silence', '--signal', 'test', '--for', '10m', '--reason', 'a drill');
  expect([silenced.code, silenced.text]).toEqual([0, expect.stringContaining('all alerts test')]);
  const id = /unsilence (\w+)/.exec(silenced.text)![1]!;
  await until(async () => alertmanager.silences.length === 1, 20_000, 'Alertmanager has no silence');
  expect(alertmanager.silences[0]!.comment).toBe(`a drill (scoreline silence ${id})`);

  const before = heard('critical').length;
  const quiet = await alerts('test', '--severity', 'critical', '--hold', '0', '--timeout', '6');
  expect(quiet.text).toContain('webhook: silenced');
  expect(heard('critical')).toHaveLength(before);

  expect((await alerts('silences')).text).toContain('a drill');
  expect(await alerts('unsilence', id)).toMatchObject({ code: 0 });
  expect((await alerts('silences')).text).toContain('no alert is silenced');
  await until(
    async () => alertmanager.silences[0]!.status.state === 'expired',
    20_000,
    'Alertmanager still has the silence',
  );
  const loud = await alerts('test', '--severity', 'critical', '--hold', '0');
  expect(loud.text).toContain('✓ webhook: delivered');
});
