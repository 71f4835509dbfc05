import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createDatabase } from '@scoreline/runtime/clickhouse/database.ts';
import { openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { expect, test } from 'vitest';
import { judgeScores } from '../judge/judge-scores.ts';
import { type IsolatedEnv, setUpIsolatedEnv } from '../support/isolated-env.ts';
import { makeMalformedKinds } from './malformed-events.ts';
import { untilGroupHasRead } from '../support/until.ts';
import { MODELS, replayBank, runService } from './support.ts';

const ROOT = join(import.meta.dirname, '../..');
const LEADS = 12_000;
const KILLS = 3;
const POLL_MS = 10;
const CANDIDATE = 'bank-leads@1.1.0';

test('a backtest that is killed three times scores its range exactly once, and nobody else notices', async () => {
  const env = await setUpIsolatedEnv();
  const kinds = await makeMalformedKinds(env);
  await Promise.all([runService('scorer', env), runService('drift', env)]);
  await publishMalformed(env, kinds);
  await replayBank(env, LEADS);
  await untilGroupHasRead(env, 'scorer');

  const begin = ['--from-beginning', '--run-id', 'e2e', '--no-report'];
  const group = await watchGroup(env);
  for (let kill = 0; kill < KILLS; kill += 1) await runBacktest(env, begin, group.untilItCommits);
  await group.close();
  // After its range.
  await publishMalformed(env, kinds);
  const { status, output } = await runBacktest(env, ['--run-id', 'e2e', '--json']);
  await untilGroupHasRead(env, 'scorer');

  const topic = `${env.TOPIC_PREFIX}lead-shadow-scores`;
  const verdict = await judgeScores({
    brokers: env.KAFKA_BROKERS,
    schemaRegistry: { url: env.SCHEMA_REGISTRY_URL },
    leadTopic: `${env.TOPIC_PREFIX}lead-created`,
    deadLetterTopic: `${env.TOPIC_PREFIX}lead-created.dlq`,
    scoreTopics: [{ topic, role: 'backtest' }],
    onDeadLetter: ({ headers }) => expect(headers['dlq.role']).toBe('production'),
    onScore: ({ run_id: runId }) => expect(runId).toBe('e2e'),
  });
  expect(verdict).toMatchObject({ deadLetters: 2 * kinds.length, openTransactions: 0 });
  expect(verdict.byTopic.get(topic)).toMatchObject({
    scores: LEADS,
    duplicates: 0,
    misplaced: 0,
    outOfOrder: 0,
    // What can't be scored is on record elsewhere.
    lost: 2 * kinds.length,
  });

  const [{ report, gate }] = JSON.parse(output) as [{ report: Report; gate: Gate }];
  expect(report.coverage).toMatchObject({ production: LEADS, pairs: LEADS, share: 1 });
  expect(report.failures.candidate).toEqual(report.failures.production);
  expect(report.failures.candidate.count).toBe(kinds.length);
  const failing = gate.conditions.filter(({ state }) => state === 'fail').map(({ name }) => name);
  expect(failing.filter((name) => name !== 'improvement' && name !== 'inference')).toEqual([]);
  expect(status).toBe({ pass: 0, fail: 1, insufficient_data: 3 }[gate.state]);
  expect(await readWindowRoles(env)).toEqual(['production']);
});

test('what can’t be done is told before anything is scored', async () => {
  const env = await setUpIsolatedEnv();
  const noRange = await runBacktest(env, []);
  expect([noRange.status, noRange.errors]).toEqual([
    2,
    expect.stringContaining('--from TIME or --from-beginning'),
  ]);
  const empty = await runBacktest(env, ['--from', '2024-01-01']);
  expect([empty.status, empty.errors]).toEqual([2, expect.stringContaining('no record in this range')]);
});

interface Report {
  readonly coverage: object;
  readonly failures: Readonly<Record<'production' | 'candidate', { readonly count: number }>>;
}

interface Gate {
  readonly state: 'pass' | 'fail' | 'insufficient_data';
  readonly conditions: readonly { readonly name: string; readonly state: string }[];
}

/** Runs the command; where `untilKill` resolves before it ends, it is killed there. */
async function runBacktest(
  env: IsolatedEnv,
  args: readonly string[],
  untilKill?: (signal: AbortSignal) => Promise<void>,
) {
  const child = spawn(process.execPath, ['cli/main.ts', 'backtest', CANDIDATE, ...args], {
    cwd: ROOT,
    env: { ...process.env, ...env, MODELS_DIR: MODELS },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let [output, errors] = ['', ''];
  child.stdout.on('data', (chunk: Buffer) => (output += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (errors += chunk.toString()));
  const closed = once(child, 'close');
  if (untilKill !== undefined) {
    const ended = new AbortController();
    await Promise.race([untilKill(ended.signal), closed]);
    ended.abort();
    child.kill('SIGKILL');
  }
  await closed;
  return { status: child.exitCode, output, errors };
}

/** Sees the backtest's group commit: then it is in the middle of its work. */
async function watchGroup(env: IsolatedEnv) {
  const progress = await openGroupProgress({ brokers: [env.KAFKA_BROKERS], clientId: 'e2e' }, () => {});
  const readSum = async (): Promise<number> => {
    const topic = `${env.TOPIC_PREFIX}lead-created`;
    const offsets = await progress.readCommitted(`${env.TOPIC_PREFIX}backtest.e2e`, topic);
    return offsets.values().reduce((sum, offset) => sum + offset, 0);
  };
  return {
    close: progress.close,
    async untilItCommits(signal: AbortSignal): Promise<void> {
      const before = await readSum();
      while (!signal.aborted && (await readSum()) === before) await delay(POLL_MS);
    },
  };
}

async function publishMalformed(
  env: IsolatedEnv,
  kinds: Awaited<ReturnType<typeof makeMalformedKinds>>,
): Promise<void> {
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'e2e' }, () => {});
  await publisher.connect();
  const records = kinds.map(({ value }, index) => ({ key: Buffer.from(`${index}`), value }));
  await publisher.publish(`${env.TOPIC_PREFIX}lead-created`, records);
  await publisher.close();
}

async function readWindowRoles(env: IsolatedEnv): Promise<string[]> {
  const database = createDatabase({ url: env.CLICKHOUSE_URL, database: env.CLICKHOUSE_DATABASE });
  try {
    const rows = await database.query<{ role: string }>(
      `SELECT DISTINCT role FROM score_windows ORDER BY role`,
    );
    return rows.map(({ role }) => role);
  } finally {
    await database.close();
  }
}
