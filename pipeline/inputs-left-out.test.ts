import { completePolicy } from '@scoreline/core/policy/defaults.ts';
import { unpackRecords } from '@scoreline/runtime/kafka/packed-records.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { createScoringRoom, openTinyModel, recordOf, tinyLead } from './testing/scoring-room.ts';

let tiny: LoadedModel;

beforeAll(async () => {
  tiny = await openTinyModel();
});
afterAll(() => tiny.close());

/** Values that nothing else in a record holds. */
const LEAD = { ...tinyLead, size: 271.828_182_845 };

function traces(bytes: Buffer | null): readonly boolean[] {
  const size = Buffer.alloc(8);
  size.writeDoubleLE(LEAD.size);
  return [size, Buffer.from(LEAD.color)].map((value) => bytes?.includes(value) ?? false);
}

test('a score has what the model saw, unless the policy leaves it out: then only its bins', async () => {
  const complete = completePolicy({ privacy: { inputs: 'left_out' } });
  if (!complete.ok) throw new Error(complete.problems.join());
  const written = await createScoringRoom(tiny);
  const leftOut = await createScoringRoom({ ...tiny, policy: complete.policy });
  const records: Buffer[] = [];
  for (const room of [written, leftOut]) {
    const transformed = await room.scoreBatch([recordOf(await room.write(LEAD), 0)]);
    if (transformed.fate !== 'done') throw new Error(transformed.reason);
    records.push(...unpackRecords(transformed.outputs.scores).flatMap(({ value }) => value ?? []));
  }
  expect(records.map(traces)).toEqual([
    [true, true],
    [false, false],
  ]);
  const [before] = (await written.score(await written.write(LEAD))).scores;
  const [after] = (await leftOut.score(await leftOut.write(LEAD))).scores;
  expect(after?.value).toEqual({ ...before?.value, inputs: [], inference_us: expect.any(Number) });
  expect(leftOut.logged.join()).not.toMatch(/green|271\.8/);
});
