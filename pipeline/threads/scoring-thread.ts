import { parentPort, workerData } from 'node:worker_threads';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { createAvroReader } from '@scoreline/runtime/avro/codec.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { buffersOf } from '@scoreline/runtime/kafka/packed-records.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { type LoadedModel, openModel } from '@scoreline/runtime/model-package/open.ts';
import type { Lineup } from '../lineup.ts';
import { openBatchScorer } from '../open-batch-scorer.ts';
import type { FromThread, ModelNumber, PackedLineup, ThreadOptions, ToThread } from './messages.ts';
import { unpackBatch } from './packed-batch.ts';

/** What runs in a scoring thread: models in memory of its own, and batches scored as the main thread scores them. */
if (parentPort === null) throw new Error('scoring-thread.ts runs as a thread');
const port = parentPort;
const { schemaRegistry, ...settings } = workerData as ThreadOptions;
const avro = createAvroReader<LeadEvent>(createRegistryClient(schemaRegistry));
const scoreBatch = openBatchScorer(avro, settings);
const models = new Map<ModelNumber, LoadedModel>();
const running = new Set<Promise<void>>();

port.on('message', (message: ToThread) => {
  if (message.kind === 'open') void open(message);
  else if (message.kind === 'close') void close(message.model);
  else begin(message);
});

function begin(message: ToThread & { readonly kind: 'score' }): void {
  const job = score(message);
  running.add(job);
  void job.finally(() => running.delete(job));
}

async function open({ model, dir }: ToThread & { readonly kind: 'open' }): Promise<void> {
  try {
    models.set(model, await openModel(await loadPackage(dir)));
    answer({ kind: 'opened', model });
  } catch (error) {
    answer({ kind: 'refused', model, reason: describe(error) });
  }
}

/** Batches that came before may still need it. */
async function close(number: ModelNumber): Promise<void> {
  const model = models.get(number);
  models.delete(number);
  await Promise.all(running);
  await model?.close();
}

async function score({ job, batch, lineup }: ToThread & { readonly kind: 'score' }): Promise<void> {
  try {
    const unpacked = unpackBatch(batch);
    const inMemory = toLineup(lineup);
    await avro.prepare(unpacked.records.map(({ value }) => value));
    const scored = await scoreBatch(unpacked, inMemory);
    answer({ kind: 'scored', job, scored }, Object.values(scored.outputs).flatMap(buffersOf));
  } catch (error) {
    answer({ kind: 'failed', job, reason: describe(error) });
  }
}

function toLineup({ production, treatments, traffic }: PackedLineup): Lineup {
  const model = models.get(production);
  if (model === undefined) throw new Error(`no model has the number ${production} here`);
  return {
    production: model,
    treatments: treatments.map((number) => (number === undefined ? undefined : models.get(number))),
    traffic,
  };
}

function answer(message: FromThread, moved: readonly ArrayBuffer[] = []): void {
  // oxlint-disable-next-line unicorn/require-post-message-target-origin -- a thread has no origin.
  port.postMessage(message, [...moved]);
}

function describe(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
