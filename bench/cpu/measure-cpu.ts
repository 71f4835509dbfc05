import { join } from 'node:path';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { createLeadNamer } from '@scoreline/pipeline/name-leads.ts';
import { createLeadEncoder } from '@scoreline/pipeline/encode-leads.ts';
import { createScoreWriter } from '@scoreline/pipeline/write-scores.ts';
import { createAvroReader, createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { toFetchedRecord } from '@scoreline/runtime/kafka/record.ts';
import { cutBatches } from '@scoreline/runtime/kafka/transactions/cut-batches.ts';
import { ByteWriter } from '@scoreline/runtime/kafka/transactions/protocol/byte-writer.ts';
import { writeRecordBatch } from '@scoreline/runtime/kafka/transactions/protocol/record-batch.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { openModel } from '@scoreline/runtime/model-package/open.ts';
import { quantile } from '@scoreline/test/judge/quantile.ts';
import type { BenchContext } from '../context.ts';
import { encodeLeads } from '../leads.ts';

/** What a lead costs without brokers, microseconds of CPU, the median of the rounds, by stage. */
export interface CpuCost {
  readonly batch: number;
  readonly rounds: number;
  readonly microsecondsByStage: Readonly<Record<Stage, number>>;
  readonly leadsPerSecond: number;
}

const STAGES = ['decode', 'features', 'inference', 'scores', 'record batch'] as const;
type Stage = (typeof STAGES)[number];

const PACKAGE = join(import.meta.dirname, '../../models/bank-leads/1.0.0');
const WARM_UP_ROUNDS = 5;

/**
 * The stages of a batch's way one after another, as the scorer goes through them: the ceiling of one core. In CPU time,
 * garbage collection included, so that a busy machine changes it little.
 */
export async function measureCpu(
  { env, prefix: topicPrefix }: BenchContext,
  { batch, rounds }: { readonly batch: number; readonly rounds: number },
): Promise<CpuCost> {
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const leads = await encodeLeads(batch, { registry, topicPrefix });
  const records = leads.map(({ key, value }, offset) =>
    toFetchedRecord({ offset, timestamp: Date.now(), key, value, headers: {} }),
  );
  const model = await openModel(await loadPackage(PACKAGE));
  const avro = createAvroReader<LeadEvent>(registry);
  await avro.prepare(records.map(({ value }) => value));
  const nameLeads = createLeadNamer(avro);
  const encodeMatrix = createLeadEncoder(avro);
  const scoreAvro = await createAvroWriter<LeadScored>(
    registry,
    `${topicPrefix}lead-scores-value`,
    contractSchema('lead-scored'),
  );
  const writeScores = createScoreWriter(scoreAvro.schemaId, null);
  const source = { topic: 'lead-created', partition: 0, records };
  const times = new Map<Stage, number[]>(STAGES.map((stage) => [stage, []]));
  for (let round = -WARM_UP_ROUNDS; round < rounds; round += 1) {
    let before = process.cpuUsage();
    const lap = (stage: Stage): void => {
      const { user, system } = process.cpuUsage(before);
      if (round >= 0) times.get(stage)?.push((user + system) / batch);
      before = process.cpuUsage();
    };
    const named = nameLeads(records, model);
    lap('decode');
    const encoded = encodeMatrix(named.leads, model);
    lap('features');
    const scores = new Float64Array(encoded.leads.length);
    const { inferenceUs } = await model.score(encoded.matrix, encoded.leads.length, scores);
    lap('inference');
    const { records: scored } = writeScores(
      { source, encoded, scores, inferenceUs, scoredAtMs: Date.now() },
      { model, role: 'production', experimentId: null },
    );
    lap('scores');
    for (const { maxBytes, ...range } of cutBatches(scored)) {
      const out = new ByteWriter(maxBytes);
      writeRecordBatch(out, { range, producer: { id: 1n, epoch: 0 }, baseSequence: 0, timestampMs: 0 });
    }
    lap('record batch');
  }
  await model.close();
  const medians = STAGES.map((stage) => [
    stage,
    quantile(Float64Array.from(times.get(stage) ?? []).sort(), 0.5),
  ]);
  const microsecondsByStage = Object.fromEntries(medians) as Record<Stage, number>;
  const total = Object.values(microsecondsByStage).reduce((sum, each) => sum + each, 0);
  return { batch, rounds, microsecondsByStage, leadsPerSecond: 1e6 / total };
}
