import { isDeepStrictEqual } from 'node:util';
import { parentPort } from 'node:worker_threads';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { createAvroReader } from '@scoreline/runtime/avro/codec.ts';
import { buffersOf } from '@scoreline/runtime/kafka/packed-records.ts';
import type { RecordSequence } from '@scoreline/runtime/kafka/record.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { type LoadedModel, openModel } from '@scoreline/runtime/model-package/open.ts';
import type { Lineup } from '../lineup.ts';
import { openBatchScorer, type ScoringSettings } from '../open-batch-scorer.ts';
import type { BatchScorer } from '../score-batch.ts';
import type {
  FromThread,
  ModelNumber,
  OpenMessage,
  PackedLineup,
  ScoreMessage,
  ToThread,
} from './messages.ts';
import { unpackBatch } from './packed-batch.ts';

/**
 * What runs in a scoring thread: models in memory of its own, and batches scored as the main thread scores them. What
 * it knows of schemas the main thread has told it, so that a record means the same to both.
 */
if (parentPort === null) throw new Error('scoring-thread.ts runs as a thread');
const port = parentPort;
const schemas = new Map<number, string>();
const avro = createAvroReader<LeadEvent>({ schemaById: async (id) => schemas.get(id) });
const scorers = new Map<string, BatchScorer<RecordSequence>>();
const models = new Map<ModelNumber, Promise<LoadedModel>>();
const running = new Set<Promise<void>>();

port.on('message', (message: ToThread) => {
  if (message.kind === 'open') void open(message);
  else if (message.kind === 'close') void close(message.model);
  else begin(message);
});

async function open(message: OpenMessage): Promise<void> {
  const opening = openSame(message);
  models.set(message.model, opening);
  try {
    await opening;
    answer({ kind: 'opened', model: message.model });
  } catch (error) {
    models.delete(message.model);
    answer({ kind: 'refused', model: message.model, reason: describe(error) });
  }
}

/** Throws where the package is another than the one that the main thread has. */
async function openSame({ dir, manifest, policy }: OpenMessage): Promise<LoadedModel> {
  const pkg = await loadPackage(dir);
  if (!isDeepStrictEqual([pkg.manifest, pkg.policy], [manifest, policy]))
    throw new Error(`${dir} is not the package any more that the main thread scores with`);
  return openModel(pkg);
}

/** Batches that came before may still need it. */
async function close(number: ModelNumber): Promise<void> {
  const opening = models.get(number);
  models.delete(number);
  await Promise.all(running);
  const model = await opening?.catch(() => undefined);
  await model?.close();
}

function begin(message: ScoreMessage): void {
  for (const [id, schema] of message.schemas) schemas.set(id, schema);
  const job = score(message);
  running.add(job);
  void job.finally(() => running.delete(job));
}

async function score({ job, batch, lineup, settings, schemaIds }: ScoreMessage): Promise<void> {
  try {
    const inMemory = await toLineup(lineup);
    await avro.prepareIds(schemaIds);
    const scored = await scorerOf(settings)(unpackBatch(batch), () => inMemory);
    answer({ kind: 'scored', job, scored }, Object.values(scored.outputs).flatMap(buffersOf));
  } catch (error) {
    answer({ kind: 'failed', job, reason: describe(error) });
  }
}

function scorerOf(settings: ScoringSettings): BatchScorer<RecordSequence> {
  const key = JSON.stringify(settings);
  const scorer = scorers.get(key) ?? openBatchScorer(avro, settings);
  scorers.set(key, scorer);
  return scorer;
}

async function toLineup({ production, treatments, traffic }: PackedLineup): Promise<Lineup> {
  return {
    production: await modelOf(production),
    treatments: await Promise.all(
      treatments.map(async (number) => (number === undefined ? number : modelOf(number))),
    ),
    traffic,
  };
}

async function modelOf(number: ModelNumber): Promise<LoadedModel> {
  const model = await models.get(number);
  if (model === undefined) throw new Error(`no model has the number ${number} here`);
  return model;
}

function answer(message: FromThread, moved: readonly ArrayBuffer[] = []): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin.
  port.postMessage(message, [...moved]);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
