import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { toDeadLetter } from '@scoreline/pipeline/dead-letter.ts';
import { type KafkaLab, openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { createPartitionReader } from '@scoreline/runtime/kafka/partition-reader.ts';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type JudgedRecord, readCommitted } from '../judge/read-committed.ts';
import { setUpIsolatedEnv } from '../support/isolated-env.ts';
import { createLeadForge } from '../support/malformed-leads.ts';
import { runScoreline } from '../support/run-scoreline.ts';

const PARTITIONS = 2;
const LETTERS = 2_400;
const BECAUSE = ['--reason', 'the schema is there now', '--actor', 'anna'];

interface Room {
  readonly env: Awaited<ReturnType<typeof setUpIsolatedEnv>>;
  readonly lab: KafkaLab;
  readonly input: string;
  readonly letters: string;
}

async function openRoom(): Promise<Room> {
  const env = await setUpIsolatedEnv({ PARTITIONS: String(PARTITIONS) });
  const lab = await openKafkaLab(env.KAFKA_BROKERS);
  onTestFinished(() => lab.close());
  return {
    env,
    lab,
    input: `${env.TOPIC_PREFIX}lead-created`,
    letters: `${env.TOPIC_PREFIX}lead-created.dlq`,
  };
}

interface GivenUp {
  readonly number: number;
  readonly code?: 'schema.unknown' | 'value.malformed';
  readonly role?: 'production' | 'shadow';
}

/** Letters as a scorer writes them, of leads that can be scored by now; half of them on each partition. */
async function writeLetters({ env, lab, input, letters }: Room, leads: readonly GivenUp[]): Promise<void> {
  const forge = await createLeadForge(env.SCHEMA_REGISTRY_URL, env.TOPIC_PREFIX);
  for (let partition = 0; partition < PARTITIONS; partition += 1) {
    const records = leads
      .filter(({ number }) => number % PARTITIONS === partition)
      .map(({ number, code = 'schema.unknown', role = 'production' }) =>
        toDeadLetter(
          {
            record: {
              offset: number,
              timestamp: 0,
              key: Buffer.from(`lead-${number}`),
              value: forge.write(number),
              headers: { traceparent: `trace-${number}` },
            },
            code,
            message: 'the schema registry knows no schema with id 7',
            schemaId: 7,
          },
          { topic: input, partition },
          Date.UTC(2026, 0, 1) + number,
          { role, model: 'bank-leads', version: '1.0.0' },
          1_048_576,
        ),
      );
    await lab.produce(letters, partition, records);
  }
}

async function readLeads({ env, input }: Room): Promise<readonly JudgedRecord[]> {
  const leads: JudgedRecord[] = [];
  const ends = await readCommitted(env.KAFKA_BROKERS, [input], (record) => leads.push(record));
  for (const { lastStableOffset, highWatermark } of ends) expect(lastStableOffset).toBe(highWatermark);
  return leads.sort((a, b) => a.partition - b.partition || a.offset - b.offset);
}

test('lists, shows, replays and drops what is meant, and tells what became of it', async () => {
  const room = await openRoom();
  const { env } = room;
  await writeLetters(room, [
    { number: 0 },
    { number: 1 },
    { number: 2, code: 'value.malformed' },
    { number: 3, role: 'shadow' },
  ]);
  const dlq = (...args: string[]) => runScoreline(env, ['dlq', ...args]);

  const listed = await dlq('list', '--json');
  expect(JSON.parse(listed.text)).toMatchObject({
    total: 4,
    codes: { 'schema.unknown': 3, 'value.malformed': 1 },
    letters: [
      { letter: '0/0', state: 'open', code: 'schema.unknown', source: { partition: 0, offset: 0 } },
      {},
      {},
      {},
    ],
  });
  expect(listed.text).not.toContain('services');
  const shown = JSON.parse((await dlq('show', '0/0')).text) as object;
  expect(shown).toMatchObject({
    letter: '0/0',
    key: 'lead-0',
    headers: { traceparent: 'trace-0' },
    value: { lead_id: 'lead-0', job: 'services' },
  });
  expect(await dlq('show', '0/17')).toMatchObject({
    code: 1,
    text: expect.stringContaining('no letter 0/17'),
  });
  expect(await dlq('replay', ...BECAUSE)).toMatchObject({
    code: 1,
    text: expect.stringContaining('which letters?'),
  });
  expect(await dlq('drop', '0/1', '--dry-run', ...BECAUSE)).toMatchObject({
    code: 0,
    text: expect.stringContaining('would drop 1 letter'),
  });

  expect(await dlq('drop', '0/1', ...BECAUSE)).toMatchObject({ code: 0, text: 'dropped 1 letter\n' });
  const replayed = await dlq('replay', '--all', ...BECAUSE);
  expect(replayed.code).toBe(1);
  expect(replayed.text).toContain("1/1 stays open: it is shadow's");
  expect(replayed.text).toContain('replayed 2 letters');
  expect((await dlq('replay', '--code', 'schema.unknown', '--role', 'production', ...BECAUSE)).text).toBe(
    'replayed 0 letters\n',
  );

  const leads = await readLeads(room);
  expect(leads.map(({ partition, key, headers }) => [partition, key?.toString(), headers])).toEqual([
    [0, 'lead-0', { traceparent: 'trace-0', 'dlq.replayed.from': '0/0' }],
    [1, 'lead-1', { traceparent: 'trace-1', 'dlq.replayed.from': '1/0' }],
  ]);
  const states = JSON.parse((await dlq('list', '--state', 'any', '--json')).text) as {
    letters: { letter: string; state: string }[];
  };
  expect(states.letters.map(({ letter, state }) => [letter, state])).toEqual([
    ['0/0', 'replayed'],
    ['0/1', 'dropped'],
    ['1/0', 'replayed'],
    ['1/1', 'open'],
  ]);
});

test('a value that was left out is read from where the lead stands, and refused once it has gone', async () => {
  const room = await openRoom();
  const { env, lab, input, letters } = room;
  const big = Buffer.alloc(50_000, 7);
  await lab.produce(input, 0, [
    { key: 'first', value: big },
    { key: 'second', value: big },
  ]);
  const omitted = [0, 1].map((offset) =>
    toDeadLetter(
      {
        record: { offset, timestamp: 0, key: null, value: big, headers: {} },
        code: 'value.malformed',
        message: 'no record of its schema',
      },
      { topic: input, partition: 0 },
      0,
      { role: 'production', model: 'bank-leads', version: '1.0.0' },
      10_000,
    ),
  );
  await lab.produce(letters, 0, omitted);
  await lab.deleteRecords(input, 0, 1);
  const { code, text } = await runScoreline(env, ['dlq', 'replay', '--all', ...BECAUSE]);
  expect(code).toBe(1);
  expect(text).toMatch(/0\/0 stays open: its value was left out \(\d+ bytes\), and \S+ no longer has it/);
  expect(text).toContain('replayed 1 letter\n');
  expect((await readLeads(room)).map(({ key, value }) => [key?.toString(), value?.length])).toEqual([
    ['second', 50_000],
    ['second', 50_000],
  ]);
});

test('each letter is replayed once, whatever is killed and whoever replays beside', async () => {
  const room = await openRoom();
  const { env } = room;
  await writeLetters(
    room,
    Array.from({ length: LETTERS }, (_, number) => ({ number })),
  );
  for (let kill = 0; kill < 4; kill += 1) await replayUntilItWrites(room);
  await Promise.all([startReplay(env).exited, startReplay(env).exited]);
  const last = await runScoreline(env, ['dlq', 'replay', '--all', ...BECAUSE]);
  expect(last.code).toBe(0);

  const leads = await readLeads(room);
  expect(new Set(leads.map(({ key }) => key?.toString())).size).toBe(LETTERS);
  expect(leads).toHaveLength(LETTERS);
  const left = await runScoreline(env, ['dlq', 'list']);
  expect(left.text).toBe('no dead letters\n');
});

/** Replays all; resolves when the process has gone. */
function startReplay(env: NodeJS.ProcessEnv): { kill(): void; readonly exited: Promise<unknown> } {
  const main = join(import.meta.dirname, '../../cli/main.ts');
  const child = spawn(process.execPath, [main, 'dlq', 'replay', '--all', ...BECAUSE], {
    env,
    stdio: 'ignore',
  });
  return { kill: () => void child.kill('SIGKILL'), exited: once(child, 'exit') };
}

/** Kills a replay as soon as lead events of its transaction stand in the log, committed or not. */
async function replayUntilItWrites({ env, input }: Room): Promise<void> {
  const settings = { brokers: [env.KAFKA_BROKERS], clientId: 'test' };
  const readers = Array.from({ length: PARTITIONS }, (_, partition) =>
    createPartitionReader(settings, input, () => {}, { partition, isolation: 'everything' }),
  );
  const written = async (): Promise<number> => {
    const ends = await Promise.all(readers.map((reader) => reader.endOffset()));
    return ends.reduce((sum, end) => sum + end, 0);
  };
  const before = await written();
  const replay = startReplay(env);
  // The first record beyond may be the marker of the transaction that the kill before left open.
  await vi.waitUntil(async () => (await written()) > before + PARTITIONS, { timeout: 30_000, interval: 1 });
  replay.kill();
  await replay.exited;
  await Promise.all(readers.map((reader) => reader.close()));
}
