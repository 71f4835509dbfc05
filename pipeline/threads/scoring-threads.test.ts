import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { type AvroReader, createAvroReader, createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { countOf, type PackedRecords, unpackRecords } from '@scoreline/runtime/kafka/packed-records.ts';
import { toFetchedRecord } from '@scoreline/runtime/kafka/record.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { type LoadedModel, openModel } from '@scoreline/runtime/model-package/open.ts';
import { createInMemoryRegistry } from '@scoreline/runtime/testing/in-memory-registry.ts';
import { type WrittenPackage, writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { aloneInLineup, type Lineup } from '../lineup.ts';
import { openBatchScorer, type ScoringSettings } from '../open-batch-scorer.ts';
import type { BatchScorer } from '../score-batch.ts';
import { TINY_LEAD_SCHEMA, tinyLead } from '../testing/scoring-room.ts';
import { ThreadHandle, type ThreadJob, type ThreadSettings } from './thread-handle.ts';
import { shareAmong } from './scoring-threads.ts';

let packages: readonly WrittenPackage[];
let models: readonly LoadedModel[];
let lead: Buffer;
let poison: Buffer;
let scoreHere: BatchScorer;
let avro: AvroReader<LeadEvent>;
let settings: ScoringSettings;
const registry = createInMemoryRegistry();
const scores = createAvroReader<LeadScored>(registry);
const told: string[] = [];
const threads: ThreadHandle[] = [];

beforeAll(async () => {
  packages = await Promise.all(['1.0.0', '1.1.0'].map(writeVersion));
  models = await Promise.all(packages.map(async ({ dir }) => openModel(await loadPackage(dir))));
  const writer = await createAvroWriter<object>(registry, 'lead-created-value', TINY_LEAD_SCHEMA);
  lead = writer.encode(tinyLead);
  poison = lead.subarray(0, -1);
  avro = createAvroReader<LeadEvent>(registry);
  await avro.prepare([lead]);
  const { schemaId } = await createAvroWriter(registry, 'lead-scores-value', contractSchema('lead-scored'));
  settings = { scoreSchemaId: schemaId, runId: null, role: 'production', deadLetterBytes: 1e6 };
  scoreHere = openBatchScorer(avro, settings);
});
afterEach(async () => {
  await Promise.all(threads.splice(0).map((thread) => thread.close()));
  told.splice(0);
});
afterAll(async () => {
  await Promise.all(models.map((model) => model.close()));
  await Promise.all(packages.map((written) => written.remove()));
});

function writeVersion(version: string): Promise<WrittenPackage> {
  return writeTinyPackage((parts) => {
    parts.manifest.version = version;
    parts.folder = `tiny/${version}`;
  });
}

function startThread(limits?: ThreadSettings): ThreadHandle {
  const thread = new ThreadHandle({ threadFailed: (reason) => void told.push(reason) }, limits);
  threads.push(thread);
  return thread;
}

/** One that has the lineup's models. */
async function readyThread(lineup: Lineup, limits?: ThreadSettings): Promise<ThreadHandle> {
  const thread = startThread(limits);
  await vi.waitFor(() => expect(thread.isReadyFor(lineup)).toBe(true), { timeout: 10_000 });
  return thread;
}

function model(index: number): LoadedModel {
  const found = models[index];
  if (found === undefined) throw new Error(`there is no model ${index}`);
  return found;
}

/** Leads and, now and then, a record that is none. */
function batchOf(count: number) {
  const records = Array.from({ length: count }, (_, offset) =>
    toFetchedRecord({
      offset,
      timestamp: 1_700_000_000_000 + offset,
      key: Buffer.from(`lead-${offset}`),
      value: offset % 100 === 99 ? poison : lead,
      headers: offset % 7 === 0 ? { traceparent: `00-${'a'.repeat(32)}-${'b'.repeat(16)}-01` } : {},
    }),
  );
  return { topic: 'lead-created', partition: 3, records };
}

/** What is the same whenever and wherever it was scored. */
async function readScores(packed: PackedRecords): Promise<unknown[]> {
  const records = unpackRecords(packed);
  await scores.prepare(records.map(({ value }) => value));
  return records.map(({ key, value, headers }) => {
    const decoded = scores.decode(value);
    if (!decoded.ok) throw new Error(decoded.message);
    const { scored_at: _at, inference_us: _us, ...score } = decoded.value;
    return { key: key?.toString(), headers: Object.entries(headers ?? {}).map(String), score };
  });
}

function jobOf(count: number, lineup: Lineup): ThreadJob {
  const schemaId = lead.readInt32BE(1);
  const schemas = new Map([[schemaId, avro.schemaOf(schemaId) ?? '']]);
  return { batch: batchOf(count), lineup, settings, schemas };
}

function beside(scorer: BatchScorer, those: Parameters<typeof shareAmong>[0]): BatchScorer {
  return shareAmong(those).beside(scorer, settings, avro);
}

const NO_SCORE: ThreadHandle['score'] = async () => undefined;
const NEVER: BatchScorer = () => Promise.reject(new Error('scored in the main thread'));

describe('a large batch', () => {
  test('has the same scores, dead letters and summary of a thread as of the main one', async () => {
    const lineup = aloneInLineup(model(0));
    const batch = batchOf(1_500);
    const here = await scoreHere(batch, () => lineup);
    const there = await beside(NEVER, [await readyThread(lineup)])(batch, () => lineup);
    expect(await readScores(there.outputs.scores)).toEqual(await readScores(here.outputs.scores));
    expect(countOf(there.outputs.scores)).toBe(1_485);
    const codes = (records: PackedRecords) =>
      unpackRecords(records).map(({ value, headers }) => [
        value?.toString('hex'),
        headers?.['dlq.error.code'],
      ]);
    expect(codes(there.outputs.deadLetters)).toEqual(codes(here.outputs.deadLetters));
    expect(there.summary.deadLetters).toEqual(here.summary.deadLetters);
    expect(there.summary.versions.map(({ labels }) => labels)).toEqual(
      here.summary.versions.map(({ labels }) => labels),
    );
  });

  test('is scored by the lineup that it comes with, each lead by its version', async () => {
    const lineup: Lineup = {
      production: model(0),
      traffic: {
        experimentId: 'r1',
        production: 'tiny@1.0.0',
        treatments: [{ ref: 'tiny@1.1.0', from: 0, to: 1 }],
      },
      treatments: [model(1)],
    };
    const thread = await readyThread(lineup);
    const score = beside(NEVER, [thread]);
    const [treated, plain] = await Promise.all([
      score(batchOf(256), () => lineup),
      score(batchOf(256), () => aloneInLineup(model(0))),
    ]);
    const versions = (of: typeof plain) => of.summary.versions.map(({ labels }) => labels);
    expect(versions(treated)).toEqual([{ model: 'tiny', version: '1.1.0', role: 'canary' }]);
    expect(versions(plain)).toEqual([{ model: 'tiny', version: '1.0.0', role: 'production' }]);
  });

  test('is scored here until a thread has its model in memory', async () => {
    const lineup = aloneInLineup(model(0));
    const thread = startThread();
    const score = beside(scoreHere, [thread]);
    const { outputs } = await score(batchOf(1_000), () => lineup);
    expect(countOf(outputs.scores)).toBe(990);
    expect(thread.waiting).toBe(0);
    expect(thread.isRunning).toBe(true);
    await vi.waitFor(() => expect(thread.isReadyFor(lineup)).toBe(true), { timeout: 10_000 });
  });

  test('is scored here where a thread ends with it, and that is told', async () => {
    const lineup = aloneInLineup(model(0));
    const thread = await readyThread(lineup, { program: threadThat('process.exit(7)') });
    const { outputs } = await beside(scoreHere, [thread])(batchOf(300), () => lineup);
    expect(countOf(outputs.scores)).toBe(297);
    expect(told).toEqual(['the scoring thread ended with 7']);
    expect(thread.isReadyFor(lineup)).toBe(false);
  });

  test('is scored here where a thread hangs over it, and that is told', async () => {
    const lineup = aloneInLineup(model(0));
    const thread = await readyThread(lineup, { program: threadThat('for (;;);'), silentMs: 200 });
    const { outputs } = await beside(scoreHere, [thread])(batchOf(300), () => lineup);
    expect(countOf(outputs.scores)).toBe(297);
    expect(told).toEqual(['the scoring thread said nothing for 0.2 s']);
  });

  test('is scored here where the package is not there any more, and that is told', async () => {
    const lineup = aloneInLineup({ ...model(0), dir: '/no/such/tiny/1.0.0' });
    const thread = startThread();
    expect(thread.isReadyFor(lineup)).toBe(false);
    await vi.waitFor(() => expect(told).toHaveLength(1), { timeout: 10_000 });
    expect(told[0]).toContain('/no/such/tiny/1.0.0');
    const { outputs } = await beside(scoreHere, [thread])(batchOf(300), () => lineup);
    expect(countOf(outputs.scores)).toBe(297);
  });

  test('goes to the thread that has less to do', async () => {
    const lineup = aloneInLineup(model(0));
    const [busy, idle] = [await readyThread(lineup), await readyThread(lineup)];
    const first = busy.score(jobOf(1_000, lineup));
    const second = beside(NEVER, [busy, idle])(batchOf(500), () => lineup);
    expect([busy.waiting, idle.waiting]).toEqual([1_000, 500]);
    await Promise.all([first, second]);
  });

  test('is scored here where the thread has two already, one at a time', async () => {
    const lineup = aloneInLineup(model(0));
    const thread = await readyThread(lineup);
    const here = vi.fn<BatchScorer>(scoreHere);
    const score = beside(here, [thread]);
    const both = () => Array.from({ length: 2 }, async () => score(batchOf(300), () => lineup));
    const ahead = both();
    expect([thread.batches, here.mock.calls.length]).toEqual([2, 0]);
    const more = both();
    expect([thread.batches, here.mock.calls.length]).toEqual([3, 1]);
    const scored = await Promise.all([...ahead, ...more]);
    expect(scored.map(({ outputs }) => countOf(outputs.scores))).toEqual([297, 297, 297, 297]);
    const again = [...both(), ...both()];
    expect([thread.batches, here.mock.calls.length]).toEqual([3, 2]);
    await Promise.all(again);
  });
});

/** A thread that is not ready for anything, and tells whether it was asked. */
function unready({ isRunning }: { readonly isRunning: boolean }) {
  const isReadyFor = vi.fn<ThreadHandle['isReadyFor']>(() => false);
  return { waiting: 0, batches: 0, isRunning, isReadyFor, score: NO_SCORE, close: async () => {} };
}

test.each([
  { isRunning: false, count: 999, isAsked: false },
  { isRunning: false, count: 1_000, isAsked: true },
  { isRunning: true, count: 255, isAsked: false },
  { isRunning: true, count: 256, isAsked: true },
])(
  'a backlog starts a thread, large batches are for one that runs: %o',
  async ({ isRunning, count, isAsked }) => {
    const thread = unready({ isRunning });
    const { outputs } = await beside(scoreHere, [thread])(batchOf(count), () => aloneInLineup(model(0)));
    expect(countOf(outputs.scores)).toBe(count - Math.floor(count / 100));
    expect(thread.isReadyFor).toHaveBeenCalledTimes(isAsked ? 1 : 0);
  },
);

test('a batch with a schema that nobody knows is scored here: it is asked for here', async () => {
  const thread = unready({ isRunning: true });
  const unknown = Buffer.from([0, 0, 0, 99, 99, 1]);
  const { records, ...place } = batchOf(300);
  const batch = {
    ...place,
    records: records.map(({ offset, timestamp, key, headers }) =>
      toFetchedRecord({ offset, timestamp, key, value: unknown, headers }),
    ),
  };
  const { outputs } = await beside(scoreHere, [thread])(batch, () => aloneInLineup(model(0)));
  expect([countOf(outputs.scores), countOf(outputs.deadLetters)]).toEqual([0, 300]);
  expect(thread.isReadyFor).not.toHaveBeenCalled();
});

test('what a thread could not do is scored by the lineup of then, not by the one that it was given', async () => {
  const [before, now] = [aloneInLineup(model(0)), aloneInLineup(model(1))];
  const thread = await readyThread(before, { program: threadThat('process.exit(7)') });
  const lineups = [before, now];
  const { summary } = await beside(scoreHere, [thread])(batchOf(256), () => lineups.shift() ?? now);
  expect(summary.versions.map(({ labels }) => labels.version)).toEqual(['1.1.0']);
});

test('a package that says something else by now is not opened, and that is told', async () => {
  const { policy, ...rest } = model(0);
  const changed = {
    ...rest,
    policy: { ...policy, privacy: { ...policy.privacy, inputs: 'left_out' } },
  } as LoadedModel;
  const thread = startThread();
  expect(thread.isReadyFor(aloneInLineup(changed))).toBe(false);
  await vi.waitFor(() => expect(told).toHaveLength(1), { timeout: 10_000 });
  expect(told[0]).toContain('is not the package any more');
});

test('a thread that can not be started is told of, and is asked again later', () => {
  const thread = startThread({ program: new URL('http://127.0.0.1/no-program') });
  expect(thread.isReadyFor(aloneInLineup(model(0)))).toBe(false);
  expect(told).toEqual([expect.stringContaining('the scoring thread can not be asked')]);
});

test('a thread with nothing to score ends after a while, and starts again with the next backlog', async () => {
  const lineup = aloneInLineup(model(0));
  const thread = await readyThread(lineup, { idleMs: 1_000 });
  expect((await thread.score(jobOf(300, lineup)))?.summary.leads).toBe(300);
  await vi.waitFor(() => expect(thread.isRunning).toBe(false), { timeout: 10_000 });
  await vi.waitFor(() => expect(thread.isReadyFor(lineup)).toBe(true), { timeout: 10_000 });
  expect((await thread.score(jobOf(300, lineup)))?.summary.leads).toBe(300);
  expect(told).toEqual([]);
});

test('a thread is not idle while it scores', async () => {
  const lineup = aloneInLineup(model(0));
  const slow = threadThat(
    'setTimeout(() => parentPort.postMessage({ kind: "failed", job, reason: "it was slow" }), 500)',
  );
  const thread = await readyThread(lineup, { program: slow, idleMs: 200 });
  expect(await thread.score(jobOf(300, lineup))).toBeUndefined();
  expect(told).toEqual(['it was slow']);
});

test('closing finishes what is being scored, and takes nothing more', async () => {
  const lineup = aloneInLineup(model(0));
  const thread = await readyThread(lineup);
  const scoring = thread.score(jobOf(1_000, lineup));
  await thread.close();
  expect((await scoring)?.summary.leads).toBe(1_000);
  expect(thread.isReadyFor(lineup)).toBe(false);
});

/** A thread whose models are in memory at once, and that does something else instead of scoring. */
function threadThat(does: string): URL {
  const program = `
    import { parentPort } from 'node:worker_threads';
    parentPort.on('message', ({ kind, model, job }) => {
      if (kind === 'open') parentPort.postMessage({ kind: 'opened', model });
      if (kind === 'score') ${does};
    });
  `;
  return new URL(`data:text/javascript,${encodeURIComponent(program)}`);
}
