import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { expect, test } from 'vitest';
import type { EncodedLeads, Sheet } from './encode-leads.ts';
import { createVersionScorer } from './score-version.ts';
import type { ScoreWriter } from './write-scores.ts';

const NOTHING: EncodedLeads = { leads: [], matrix: new Float32Array(), inputs: [], unscored: [] };
const SOURCE = { topic: 'lead-created', partition: 0, records: [] };
const noScores: ScoreWriter = () => ({
  leads: [],
  records: { bytes: new Uint8Array(), lengths: new Int32Array(), headers: new Map() },
  unscored: [],
});

/** A scorer whose inferences end when the test says so. */
function createRoom() {
  const sheets: (Sheet | undefined)[] = [];
  const inferences: PromiseWithResolvers<{ readonly inferenceUs: number }>[] = [];
  const model = {
    score() {
      const inference = Promise.withResolvers<{ readonly inferenceUs: number }>();
      inferences.push(inference);
      return inference.promise;
    },
  } as unknown as LoadedModel;
  const encode = (_leads: unknown, _model: unknown, sheet?: Sheet): EncodedLeads => {
    sheets.push(sheet);
    return NOTHING;
  };
  const score = createVersionScorer(encode, noScores, () => 0);
  return {
    sheets,
    inferences,
    score: () => score(SOURCE, [], { model, role: 'production', experimentId: null }),
  };
}

test('scorings side by side have sheets of their own, one after another the same', async () => {
  const { sheets, inferences, score } = createRoom();
  const both = [score(), score()];
  expect(sheets[1]).not.toBe(sheets[0]);
  inferences[1]?.resolve({ inferenceUs: 1 });
  await both[1];
  const third = score();
  expect(sheets[2]).toBe(sheets[1]);
  for (const inference of inferences) inference.resolve({ inferenceUs: 1 });
  await Promise.all([both[0], third]);
});

test('a sheet is there again after an inference that failed', async () => {
  const { sheets, inferences, score } = createRoom();
  const failing = score();
  inferences[0]?.reject(new Error('out of memory'));
  await expect(failing).rejects.toThrow('out of memory');
  const next = score();
  inferences[1]?.resolve({ inferenceUs: 1 });
  await next;
  expect(sheets[1]).toBe(sheets[0]);
});
