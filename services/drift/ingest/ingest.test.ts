import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createIngest } from './ingest.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const unexpected = (): never => {
  throw new Error('no record is expected');
};

test('the membership is kept alive while a batch is being decoded', async () => {
  const { promise: prepared, resolve } = Promise.withResolvers<undefined>();
  const reader = {
    prepare: unexpected,
    prepareIds: () => prepared,
    decode: unexpected,
    schemaOf: unexpected,
  };
  const ingest = createIngest({
    scores: reader,
    outcomes: reader,
    models: {
      learn: async () => {},
      policyOf: unexpected,
    },
    candidates: { seen: () => {}, expected: () => [] },
    streamOf: () => 'lead-scores',
    store: { flush: async () => {}, problem: () => undefined },
    events: { batchRead: () => {} },
  });
  let beats = 0;
  const done = ingest({ topic: 'lead-scores', partition: 0, records: [] }, async () => void beats++);
  await vi.advanceTimersByTimeAsync(5_500);
  expect(beats).toBe(5);
  resolve(undefined);
  await vi.advanceTimersByTimeAsync(1_500);
  await done;
});
