import { toFetchedRecord } from '@scoreline/runtime/kafka/record.ts';
import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { decodeOutcomes, decodeScores } from '@scoreline/drift/ingest/decode.ts';
import { toOutcomeRow, toScoreRow } from '@scoreline/drift/ingest/rows.ts';
import { createAvroReader, createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import type { RegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { createInMemoryRegistry } from '@scoreline/runtime/testing/in-memory-registry.ts';
import type { FuzzTarget } from '../target.ts';
import { LEAD_DATA } from './lead-data.ts';
import { createRowCheck } from './table-columns.ts';

/** A record of lead-scores and of lead-outcomes, on its way to a row. */
export const driftTarget: FuzzTarget = {
  name: 'drift',
  reads: 'records of lead-scores and lead-outcomes, whoever wrote them: decoding, checks, rows of ClickHouse',
  form: 'bytes',
  words: ['\0\0\0\0\u0001', '\0\0\0\0\u0002', '\0\0\0\0\u0003', 'production', '\u0002\u0002\u0002'],
  async open() {
    const registry = createInMemoryRegistry();
    const [scores, outcomes] = [contractSchema('lead-scored'), contractSchema('lead-outcome')];
    const scoreReader = createAvroReader<LeadScored>(registry, scores);
    const outcomeReader = createAvroReader<LeadOutcome>(registry, outcomes);
    const scoreFits = createRowCheck('lead_scores');
    const outcomeFits = createRowCheck('lead_outcomes');
    return {
      seeds: await writeSeeds(registry),
      async take(value) {
        const records = [toFetchedRecord({ offset: 7, timestamp: 1, key: null, value, headers: {} })];
        const batch = { topic: 'lead-scores', partition: 0, records };
        const asScores = await decodeScores(batch, scoreReader);
        const asOutcomes = await decodeOutcomes(batch, outcomeReader);
        for (const { values, poison } of [asScores, asOutcomes])
          if (values.length + poison.length !== 1) return 'one record is not one value or one poison';
        const rows = asScores.values.map((score) => scoreFits(toScoreRow(score)));
        const more = asOutcomes.values.map((outcome) => outcomeFits(toOutcomeRow(outcome)));
        return [...rows, ...more].find((problem) => problem !== undefined);
      },
      close: async () => {},
    };
  },
};

/** Records by the contracts, and by a schema of somebody else that only resembles one. */
async function writeSeeds(registry: RegistryClient): Promise<readonly Buffer[]> {
  const scores = await createAvroWriter<LeadScored>(
    registry,
    'lead-scores-value',
    contractSchema('lead-scored'),
  );
  const outcomes = await createAvroWriter<LeadOutcome>(
    registry,
    'lead-outcomes-value',
    contractSchema('lead-outcome'),
  );
  const others = await createAvroWriter<object>(registry, 'others-value', OTHERS_OUTCOME);
  const { lead_id, event_id } = score;
  const outcome = {
    lead_id,
    event_id,
    converted: true,
    label: 2,
    value: 99.5,
    occurred_at: NOW_MS,
    recorded_at: NOW_MS,
  };
  return [
    scores.encode(score),
    scores.encode({ ...score, group_id: 'q', run_id: 'r', inference_us: null, inputs: [], reasons: [] }),
    outcomes.encode(outcome),
    others.encode({
      lead_id,
      event_id,
      converted: false,
      occurred_at: NOW_MS,
      recorded_at: NOW_MS,
      more: [1],
    }),
  ];
}

const NOW_MS = Date.UTC(2026, 4, 1);

const score: LeadScored = {
  event_id: 'event-1',
  lead_id: LEAD_DATA,
  group_id: null,
  model: 'bank-leads',
  model_version: '1.1.0',
  role: 'production',
  run_id: null,
  experiment_id: null,
  fallback_from: null,
  fallback_code: null,
  score: 0.25,
  band: 'low',
  reasons: [
    { feature: 'age', value: 44, contribution: 0.5 },
    { feature: 'job', value: 'admin.', contribution: -0.25 },
  ],
  inputs: [44, 'admin.', null, 1],
  bins: [3, 1, 0, 2],
  event_time: NOW_MS,
  scored_at: NOW_MS,
  inference_us: 12,
  source: { topic: 'lead-created', partition: 2, offset: 1_042, timestamp: NOW_MS },
};

const OTHERS_OUTCOME = JSON.stringify({
  type: 'record',
  name: 'LeadOutcome',
  fields: [
    { name: 'more', type: { type: 'array', items: 'int' } },
    { name: 'recorded_at', type: 'long' },
    { name: 'occurred_at', type: 'long' },
    { name: 'converted', type: 'boolean' },
    { name: 'event_id', type: ['null', 'string'] },
    { name: 'lead_id', type: 'string' },
  ],
});
