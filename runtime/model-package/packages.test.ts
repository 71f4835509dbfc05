import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { findScoreProblem } from '@scoreline/core/scoring/score-problem.ts';
import { isFeatureProblem } from '@scoreline/core/features/problem.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { loadPackage } from './load.ts';
import { openModel, type LoadedModel } from './open.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface ExpectedScore {
  readonly event: LeadEvent;
  readonly score: number;
}

/** How far each event's score is from the training framework's own, in parts of it where that is beyond ±1. */
async function worstError(model: LoadedModel, expected: readonly ExpectedScore[]): Promise<number> {
  const matrix = new Float32Array(expected.length * model.encoder.width);
  const scores = new Float64Array(expected.length);
  const problems = expected.map(({ event }, row) => model.encoder.encode(event, matrix, row));
  expect(problems.filter((problem) => problem !== undefined)).toEqual([]);
  await model.score(matrix, expected.length, scores);
  expect([...scores].filter(findScoreProblem)).toEqual([]);
  return Math.max(
    ...expected.map(({ score }, row) => Math.abs(scores[row]! - score) / Math.max(1, Math.abs(score))),
  );
}

test.each(['1.0.0', '1.1.0'])('bank-leads %s agrees with its golden rows', async (version) => {
  const pkg = await loadPackage(`${root}models/bank-leads/${version}`);
  const model = await openModel(pkg);
  expect(pkg.golden.rows.length).toBeGreaterThanOrEqual(200);
  expect(await worstError(model, pkg.golden.rows)).toBeLessThan(1e-5);
  await model.close();
});

describe.each(['user-reports', 'search-relevance'])('%s, a domain without code', (name) => {
  const folder = `${root}test/fixtures/packages/${name}`;

  test('scores its events as the training framework does, and names them', async () => {
    const model = await openModel(await loadPackage(`${folder}/1.0.0`));
    const lines = (await readFile(`${folder}/events.jsonl`, 'utf8')).trim().split('\n');
    const expected = lines.map((line) => JSON.parse(line) as ExpectedScore);
    expect(expected.length).toBeGreaterThanOrEqual(100);
    expect(await worstError(model, expected)).toBeLessThan(1e-5);

    const identities = expected.map(({ event }) => model.identity.read(event, 'micros'));
    expect(identities.filter(isFeatureProblem)).toEqual([]);
    await model.close();
  });
});
