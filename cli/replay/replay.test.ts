import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import { createAvroReader } from '@scoreline/runtime/avro/codec.ts';
import type { RegistryClient } from '@scoreline/runtime/avro/registry.ts';
import type { PublishedRecord, Publisher } from '@scoreline/runtime/kafka/publish.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { planReplay } from './plan.ts';
import { replay, type ReplayOptions, type RefusedRow } from './replay.ts';
import { MapRefused } from './read-map.ts';

const SCHEMA = {
  type: 'record',
  name: 'Lead',
  fields: [
    { name: 'id', type: 'string' },
    { name: 'at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'size', type: ['null', 'int'], default: null },
    { name: 'note', type: 'string', default: '' },
  ],
};
const MAP = {
  schema: { file: 'lead.avsc' },
  csv: { delimiter: ';' },
  event_id: 'id',
  key: 'id',
  fields: { id: { template: 'lead-{row}' }, at: { column: 'day' }, size: { column: 'size' } },
  event_time: { field: 'at' },
  outcome: { column: 'won', positive: ['yes'], delay: 'P2D', recorded_after: 'P1D' },
};
const CSV =
  'day;size;won\n2024-01-01;3;yes\n2024-01-02;x;no\n2024-01-03;;no\n2024-01-04;1\n2024-01-05;7;\n2024-01-09;8;yes\n';
const DAY_MS = 86_400_000;

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'replay-test-'));
  await writeFile(join(folder, 'lead.avsc'), JSON.stringify(SCHEMA));
  await writeFile(join(folder, 'map.json'), JSON.stringify(MAP));
  await writeFile(join(folder, 'leads.csv'), CSV);
  await writeFile(join(folder, 'leads.csv.gz'), gzipSync(CSV));
});
afterAll(() => rm(folder, { recursive: true }));

/** A registry in memory: ids count up. */
function createRegistry(): RegistryClient {
  const schemas: string[] = [];
  return {
    register: async (_subject, schema) => schemas.push(schema),
    schemaById: async (id) => schemas[id - 1],
    latest: async () => undefined,
    setCompatibility: async () => {},
  };
}

interface Sent extends PublishedRecord {
  readonly topic: string;
}

/** A publisher that keeps what it gets, and takes its time. */
function createMemoryPublisher(): Publisher & {
  readonly sent: Sent[];
  inFlight: number;
  maxInFlight: number;
} {
  const publisher = {
    sent: [] as Sent[],
    inFlight: 0,
    maxInFlight: 0,
    connect: async () => {},
    close: async () => {},
    async publish(topic: string, records: readonly PublishedRecord[]) {
      publisher.inFlight += 1;
      publisher.maxInFlight = Math.max(publisher.maxInFlight, publisher.inFlight);
      await new Promise((resolve) => setImmediate(resolve));
      publisher.sent.push(...records.map((record) => ({ ...record, topic })));
      publisher.inFlight -= 1;
      return [];
    },
  };
  return publisher;
}

async function run(more: Partial<ReplayOptions> = {}, file = 'leads.csv') {
  const registry = createRegistry();
  const publisher = createMemoryPublisher();
  const refused: RefusedRow[] = [];
  const plan = await planReplay({
    file: join(folder, file),
    mapFile: join(folder, 'map.json'),
    topicPrefix: 'p.',
    withOutcomes: true,
    registry,
  });
  const summary = await replay(plan, publisher, {
    rate: 0,
    limit: Infinity,
    strict: false,
    signal: new AbortController().signal,
    onRefused: (row) => refused.push(row),
    onProgress: () => {},
    ...more,
  });
  return { registry, publisher, refused, summary };
}

test.each(['leads.csv', 'leads.csv.gz'])(
  '%s: leads in file order, keyed, framed, with their times',
  async (file) => {
    const { registry, publisher, summary } = await run({}, file);
    const leads = publisher.sent.filter(({ topic }) => topic === 'p.lead-created');
    const avro = createAvroReader<object>(registry);
    await avro.prepare(leads.map(({ value }) => value));
    expect(leads.map(({ value }) => avro.decode(value))).toMatchObject(
      [
        { id: 'lead-1', at: Date.UTC(2024, 0, 1), size: 3, note: '' },
        { id: 'lead-3', at: Date.UTC(2024, 0, 3), size: null, note: '' },
        { id: 'lead-5', at: Date.UTC(2024, 0, 5), size: 7, note: '' },
        { id: 'lead-6', at: Date.UTC(2024, 0, 9), size: 8, note: '' },
      ].map((value) => ({ ok: true, value })),
    );
    expect(leads.map(({ key }) => String(key))).toEqual(['lead-1', 'lead-3', 'lead-5', 'lead-6']);
    expect(leads.every(({ timestamp }) => timestamp === undefined)).toBe(true);
    expect(summary).toMatchObject({ leads: 4, outcomes: 3, refused: 2, ended: 'complete', share: 1 });
  },
);

test('bad rows are told by row, line and field, never by their values', async () => {
  const { refused } = await run();
  expect(refused).toEqual([
    { row: 2, line: 3, problems: ["size (column 'size') is not a whole number of 32 bits"] },
    { row: 4, line: 5, problems: ['has 2 cells, the header has 3'] },
  ]);
});

test('outcomes carry their lead, follow it by their delays, and an empty label sends none', async () => {
  const { registry, publisher } = await run();
  const records = publisher.sent.filter(({ topic }) => topic === 'p.lead-outcomes');
  const avro = createAvroReader<LeadOutcome>(registry);
  await avro.prepare(records.map(({ value }) => value));
  const outcomes = records
    .map(({ value }) => avro.decode(value))
    .map((read) => (read.ok ? read.value : undefined));
  expect(outcomes.map((outcome) => [outcome?.lead_id, outcome?.event_id, outcome?.converted])).toEqual([
    ['lead-1', 'lead-1', true],
    ['lead-3', 'lead-3', false],
    ['lead-6', 'lead-6', true],
  ]);
  expect(outcomes[0]?.occurred_at).toBe(Date.UTC(2024, 0, 1) + 2 * DAY_MS);
  expect(outcomes[0]?.recorded_at).toBe(Date.UTC(2024, 0, 1) + 3 * DAY_MS);
});

test('at a rate, an outcome goes out once the event time has come to when it was recorded', async () => {
  const { publisher } = await run({ rate: 100 });
  const order = publisher.sent.map(({ topic, key }) => `${topic.slice(7)} ${String(key)}`);
  // Portions of one lead: lead-1's outcome is recorded on 4 January, and lead-5 is of the 5th.
  expect(order.indexOf('outcomes lead-1')).toBeGreaterThan(order.indexOf('created lead-3'));
  expect(order.indexOf('outcomes lead-1')).toBeLessThan(order.indexOf('created lead-6'));
  expect(order.indexOf('outcomes lead-6')).toBeGreaterThan(order.indexOf('created lead-6'));
});

test('one portion is in flight at a time: leads and outcomes of it', async () => {
  const { publisher } = await run({ rate: 100 });
  expect(publisher.maxInFlight).toBeLessThanOrEqual(2);
});

test('a quote that is never closed ends the replay at its row', async () => {
  await writeFile(
    join(folder, 'quote.csv'),
    'day;size;won\n2024-01-01;3;yes\n2024-01-02;"4;no\n2024-01-03;5;no\n',
  );
  await expect(run({}, 'quote.csv')).rejects.toThrow("row 2 can't be read as CSV: CSV_QUOTE_NOT_CLOSED");
});

test('strict ends at the first bad row; a limit at its row; an abort at once', async () => {
  expect((await run({ strict: true })).summary).toMatchObject({ leads: 1, refused: 1, ended: 'refused' });
  expect((await run({ limit: 3 })).summary).toMatchObject({ leads: 2, refused: 1, ended: 'complete' });
  expect((await run({ signal: AbortSignal.abort() })).summary).toMatchObject({ leads: 0, ended: 'aborted' });
});

test('a failing publish ends the replay with its error', async () => {
  const registry = createRegistry();
  const files = { file: join(folder, 'leads.csv'), mapFile: join(folder, 'map.json') };
  const plan = await planReplay({ ...files, topicPrefix: '', withOutcomes: true, registry });
  const publisher = { ...createMemoryPublisher(), publish: () => Promise.reject(new Error('broker away')) };
  const options = { rate: 100, limit: Infinity, strict: false, signal: new AbortController().signal };
  const silent = { onRefused: () => {}, onProgress: () => {} };
  await expect(replay(plan, publisher, { ...options, ...silent })).rejects.toThrow('broker away');
});

test('a map that fits neither file nor schema is refused with every reason', async () => {
  const bad = {
    ...MAP,
    key: 'lead',
    fields: { id: { column: 'nobody' }, size: { template: '{day}' }, colour: { constant: 'red' } },
    outcome: { ...MAP.outcome, column: 'outcome' },
  };
  await writeFile(join(folder, 'bad.json'), JSON.stringify(bad));
  const plan = planReplay({
    file: join(folder, 'leads.csv'),
    mapFile: join(folder, 'bad.json'),
    topicPrefix: '',
    withOutcomes: true,
    registry: createRegistry(),
  });
  const error = await plan.catch((reason: unknown) => reason);
  expect(error).toBeInstanceOf(MapRefused);
  expect(String(error).split('\n').slice(1)).toEqual([
    "  - field id takes column 'nobody', which the file does not have",
    '  - field colour is no field of the schema',
    "  - the schema's field at has neither a source in fields nor a default",
    '  - key names the field lead, which nothing fills',
    '  - event_time names the field at, which nothing fills',
    "  - outcome takes column 'outcome', which the file does not have",
  ]);
});
