import { assignLead, type Traffic } from '@scoreline/core/rollout/traffic.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { aloneInLineup, type Lineup } from './lineup.ts';
import { createScoringRoom, openTinyModel, tinyLead } from './testing/scoring-room.ts';

let tiny: LoadedModel;
beforeAll(async () => {
  tiny = await openTinyModel();
});
afterAll(() => tiny.close());

/** The tiny model as another version, which adds `bonus` to its scores. */
function versionOf(version: string, bonus: number, change: Partial<LoadedModel> = {}): LoadedModel {
  return {
    ...tiny,
    manifest: { ...tiny.manifest, version },
    async score(matrix, rows, out) {
      const took = await tiny.score(matrix, rows, out);
      for (let row = 0; row < rows; row += 1) out[row] = (out[row] ?? NaN) + bonus;
      return took;
    },
    ...change,
  };
}

const canaryTraffic = (share: number): Traffic => ({
  experimentId: 'r1',
  production: 'tiny@1.0.0',
  treatments: [{ ref: 'tiny@1.1.0', from: 0, to: share }],
});

/** A rollout in which version 1.1.0, whose scores are 1,000 higher, has this share. */
function canary(share: number, change: Partial<LoadedModel> = {}): Lineup {
  return {
    production: tiny,
    traffic: canaryTraffic(share),
    treatments: [versionOf('1.1.0', 1_000, change)],
  };
}

async function scoreLeads(lineup: Lineup, ...changes: readonly object[]) {
  const room = await createScoringRoom(lineup);
  const values = await Promise.all(changes.map((change) => room.write({ ...tinyLead, ...change })));
  return { ...(await room.score(...values)), room };
}

const ids = Array.from({ length: 250 }, (_, i) => `lead-${i}`);

describe('while a rollout assigns', () => {
  it('each lead is scored by its version, in the order of the records, as part of the experiment', async () => {
    const lineup = canary(0.5);
    const { scores, deadLetters } = await scoreLeads(lineup, ...ids.map((lead_id) => ({ lead_id })));
    expect(deadLetters).toEqual([]);
    expect(scores.map(({ value }) => value.lead_id)).toEqual(ids);
    const isCanary = (lead: string) => assignLead(lineup.traffic, lead) === 0;
    expect(ids.filter(isCanary).length).toBeGreaterThan(90);
    for (const { value } of scores) {
      expect(value).toMatchObject({
        ...(isCanary(value.lead_id)
          ? { model_version: '1.1.0', role: 'canary', score: 1_007 }
          : { model_version: '1.0.0', role: 'production', score: 7 }),
        experiment_id: 'r1',
        fallback_from: null,
        fallback_code: null,
      });
    }
  });

  it('each version makes one inference of all its leads, one version at a time', async () => {
    const runs: string[] = [];
    let running = 0;
    const watched = (model: LoadedModel): LoadedModel => ({
      ...model,
      async score(matrix, rows, out) {
        runs.push(`${rows} by ${model.manifest.version}`);
        expect((running += 1)).toBe(1);
        const took = await model.score(matrix, rows, out);
        running -= 1;
        return took;
      },
    });
    const lineup = canary(0.5);
    const room = await createScoringRoom({
      ...lineup,
      production: watched(lineup.production),
      treatments: lineup.treatments.map((model) => model && watched(model)),
    });
    const values = await Promise.all(ids.map((lead_id) => room.write({ ...tinyLead, lead_id })));
    await Promise.all([room.score(...values), room.score(...values)]);
    const canaries = ids.filter((lead) => assignLead(lineup.traffic, lead) === 0).length;
    expect(runs.toSorted()).toEqual(
      [`${canaries} by 1.1.0`, `${ids.length - canaries} by 1.0.0`].flatMap((run) => [run, run]).toSorted(),
    );
  });

  it('a batch that waits for another goes by the lineup of its own turn', async () => {
    let lineup = aloneInLineup(tiny);
    const begun = Promise.withResolvers<void>();
    const held = Promise.withResolvers<void>();
    const slow = canary(1, {
      async score(matrix, rows, out) {
        begun.resolve();
        await held.promise;
        return tiny.score(matrix, rows, out);
      },
    });
    const room = await createScoringRoom(() => lineup);
    const value = await room.write(tinyLead);
    lineup = slow;
    const first = room.score(value);
    await begun.promise;
    const second = room.score(value);
    // The rollout is rolled back meanwhile.
    lineup = aloneInLineup(tiny);
    held.resolve();
    const [before, after] = await Promise.all([first, second]);
    expect(before.scores[0]?.value).toMatchObject({ role: 'canary', experiment_id: 'r1' });
    expect(after.scores[0]?.value).toMatchObject({ role: 'production', experiment_id: null });
  });

  it('several treatments share the leads', async () => {
    const lineup: Lineup = {
      production: tiny,
      traffic: {
        ...canaryTraffic(0),
        treatments: [
          { ref: 'tiny@1.1.0', from: 0, to: 0.25 },
          { ref: 'tiny@1.2.0', from: 0.25, to: 0.5 },
        ],
      },
      treatments: [versionOf('1.1.0', 1_000), versionOf('1.2.0', 2_000)],
    };
    const { scores } = await scoreLeads(lineup, ...ids.map((lead_id) => ({ lead_id })));
    expect(scores.map(({ value }) => value.lead_id)).toEqual(ids);
    const versions = ids.map((id) => ['1.1.0', '1.2.0'][assignLead(lineup.traffic, id)] ?? '1.0.0');
    expect(scores.map(({ value }) => value.model_version)).toEqual(versions);
    expect(new Set(versions).size).toBe(3);
  });
});

const fails: Partial<LoadedModel> = { score: () => Promise.reject(new Error('out of memory')) };
const givesNaN: Partial<LoadedModel> = {
  async score(_matrix, rows, out) {
    out.fill(NaN, 0, rows);
    return { inferenceUs: 1 };
  },
};
const rejects = (): Partial<LoadedModel> => ({
  encoder: {
    ...tiny.encoder,
    encodeFields: () => ({ code: 'feature.unseen_level', message: 'field color is new', field: 'color' }),
  },
});
const absent = (): Lineup => ({ ...canary(1), treatments: [undefined] });

describe('a lead that its treatment can not score', () => {
  it.each([
    ['gives NaN', () => canary(1, givesNaN), 'model.not_finite'],
    ['does not take it', () => canary(1, rejects()), 'feature.unseen_level'],
    ['throws', () => canary(1, fails), 'model.failed'],
    ['is not in memory', absent, 'model.unavailable'],
  ])('is scored by production where it %s', async (_what, lineupOf, code) => {
    const { scores, deadLetters, room } = await scoreLeads(lineupOf(), {}, { lead_id: 'lead-2', size: 3 });
    expect(deadLetters).toEqual([]);
    const byProduction = { role: 'production', model_version: '1.0.0', experiment_id: 'r1' };
    expect(scores.map(({ value }) => value)).toMatchObject([
      { ...byProduction, lead_id: 'lead-1', score: 7, fallback_from: '1.1.0', fallback_code: code },
      { ...byProduction, lead_id: 'lead-2', score: 8, fallback_from: '1.1.0', fallback_code: code },
    ]);
    expect(await room.metrics()).toContain(
      `scoreline_fallbacks_total{model="tiny",version="1.1.0",code="${code}"} 2`,
    );
    expect(room.logged.filter((line) => line.includes('fell back'))).toHaveLength(1);
  });

  it('costs the others nothing: they keep their version and their place', async () => {
    const { scores } = await scoreLeads(canary(1), {}, { lead_id: 'b', active: null }, { lead_id: 'c' });
    // A missing value makes NaN of both models' sum.
    expect(scores.map(({ value }) => [value.lead_id, value.role])).toEqual([
      ['lead-1', 'canary'],
      ['c', 'canary'],
    ]);
  });

  it.each([
    ['the same', () => canary(1), 'feature.unseen_level'],
    ['another', () => canary(1, fails), 'feature.unseen_level'],
  ])(
    'is a dead letter of production where that can not either, for %s reason',
    async (_what, lineupOf, code) => {
      const { scores, deadLetters } = await scoreLeads(lineupOf(), { color: 'mauve' });
      expect(scores).toEqual([]);
      expect(deadLetters).toMatchObject([
        {
          headers: { 'dlq.error.code': code, 'dlq.role': 'production', 'dlq.model': 'tiny@1.0.0' },
        },
      ]);
    },
  );

  it('is told without any of its data', async () => {
    const secret = 'jane.doe@example.org';
    const { room } = await scoreLeads(canary(1, givesNaN), { lead_id: secret });
    expect(room.logged.join()).not.toContain(secret);
    expect(await room.metrics()).not.toContain(secret);
  });
});

describe('metrics of a rollout', () => {
  it('count scores by version and role', async () => {
    const { room } = await scoreLeads(canary(1), {}, { lead_id: 'b' });
    const metrics = await room.metrics();
    expect(metrics).toContain('scoreline_scores_out_total{model="tiny",version="1.1.0",role="canary"} 2');
    expect(metrics).not.toContain('role="production"');
  });
});
