import assert from 'node:assert/strict';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { untilGroupHasRead } from '../../support/until.ts';
import { SCORERS, untilScoringWith } from '../actors.ts';
import { untilOutcomesStored, untilStored } from '../stored.ts';
import type { Teller } from '../teller.ts';
import { by, MODELS, NEW, OLD } from '../versions.ts';
import type { World } from '../world.ts';

const HISTORY = { rate: 4_000, limit: 20_000, withOutcomes: true } as const;

/** A first version comes to Production, and scores a part of the history. */
export async function tellFirstModel(teller: Teller, world: World): Promise<void> {
  const { actors, scoreline, leads, database } = world;
  teller.chapter('A first model');

  await teller.step('1.0.0 and 1.1.0 are pushed: into the store, and registered', async () => {
    await Promise.all([...SCORERS, 'drift' as const, 'api' as const].map((name) => actors.start(name)));
    await scoreline.decide(['push', `${MODELS}/bank-leads/1.0.0`, ...by('anna', 'a first model')]);
    const { registry } = await scoreline.decide([
      'push',
      `${MODELS}/bank-leads/1.1.0`,
      ...by('anna', 'a year more'),
    ]);
    assert.deepEqual(
      registry.versions.map(({ ref, stage }) => [ref, stage]),
      [
        [OLD, 'registered'],
        [NEW, 'registered'],
      ],
    );
    return { versions: registry.versions.length, revision: registry.revision };
  });

  await teller.step('pushed again it is nothing; with other bytes it is refused', async () => {
    const nothing = await scoreline.decideNothing([
      'push',
      `${MODELS}/bank-leads/1.0.0`,
      ...by('anna', 'again'),
    ]);
    const changed = await describeAnew(world, '1.0.0');
    const refusal = await scoreline.refuse(
      ['push', changed, ...by('anna', 'a better description')],
      'version.other_bytes',
    );
    return { again: nothing, 'other bytes': refusal.message };
  });

  await teller.step(
    '1.0.0 is staged, approved and promoted: two scorers that waited for it score with it',
    async () => {
      await scoreline.decide(['stage', OLD, ...by('anna', 'ready')]);
      await scoreline.decide(['approve', OLD, ...by('bruno', 'nothing to compare it with')]);
      const { decidedAtMs, registry } = await scoreline.decide(['promote', OLD, ...by('anna', 'the first')]);
      assert.equal(registry.aliases['champion'], OLD);
      const scoringAtMs = await untilScoringWith(actors, OLD);
      await actors.untilReady(...SCORERS, 'drift', 'api');
      return { 'ms from the decision to both scorers': scoringAtMs - decidedAtMs };
    },
  );

  await teller.step('a part of the history is replayed and scored', async () => {
    const sent = await leads.replay(leads.history, HISTORY);
    await untilGroupHasRead(world.env, 'scorer');
    await untilStored(database, { role: 'production', version: '1.0.0' }, sent);
    await untilOutcomesStored(database, sent);
    return { leads: sent, 'scores and outcomes in ClickHouse': true };
  });
}

/** A copy of a package whose manifest says something else. */
async function describeAnew({ folder }: World, version: string): Promise<string> {
  const dir = join(folder, 'changed', 'bank-leads', version);
  await cp(join(MODELS, 'bank-leads', version), dir, { recursive: true });
  const manifest = JSON.parse(await readFile(join(dir, 'manifest.json'), 'utf8')) as object;
  await writeFile(join(dir, 'manifest.json'), JSON.stringify({ ...manifest, description: 'better' }));
  return dir;
}
