import { expect, test } from 'vitest';
import { type CampaignSummary, runCampaign } from './campaign.ts';
import type { Failure } from './check-input.ts';
import type { Coverage } from './coverage.ts';
import { createFlightRecorder } from './flight-recorder.ts';

const SECRET = 'bug';

/** A reader that goes a step further for each byte of the secret, as a parser does, and fails at its end. */
function createDeepReader() {
  const seen = new Set<number>();
  const ran = new Set<number>();
  const take = (input: Buffer): undefined => {
    let depth = 0;
    while (depth < SECRET.length && input[depth] === SECRET.charCodeAt(depth)) ran.add((depth += 1));
    if (depth === SECRET.length) throw new RangeError('too deep');
  };
  const takeRan = (): number[] => {
    const fresh = [...ran].filter((step) => !seen.has(step));
    ran.clear();
    return fresh;
  };
  const coverage: Coverage = {
    hasNew: () => takeRan().length > 0,
    addNew: () => takeRan().map((step) => seen.add(step)).length,
    seen: () => seen.size,
    close: () => {},
  };
  return { take, coverage };
}

async function fuzz(seed: number): Promise<{ summary: CampaignSummary; found: [Failure, string][] }> {
  const { take, coverage } = createDeepReader();
  const found: [Failure, string][] = [];
  const summary = await runCampaign({
    definition: { form: 'bytes' },
    target: { seeds: [Buffer.from('---')], take, close: async () => {} },
    coverage,
    recorder: createFlightRecorder(),
    known: [],
    seed,
    deadlineMs: Date.now() + 15_000,
    isDone: () => found.length > 0,
    onFailure: (failure, input) => found.push([failure, input.toString('latin1')]),
    onReached: () => {},
  });
  return { summary, found };
}

test('what coverage tells leads to a bug that chance would take 16 million inputs to find, and it is shortened', async () => {
  const { summary, found } = await fuzz(5);
  expect(found).toEqual([[{ kind: 'threw', message: expect.stringContaining('too deep') }, SECRET]]);
  expect(summary.kept).toBeGreaterThanOrEqual(SECRET.length);
  expect(summary.inputs).toBeLessThan(1_000_000);
});
