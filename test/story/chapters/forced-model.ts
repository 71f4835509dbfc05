import assert from 'node:assert/strict';
import type { RegistryCommand } from '@scoreline/core/registry/command.ts';
import { createArtifactStore } from '@scoreline/runtime/artifacts/create-artifact-store.ts';
import { openRegistryRoom } from '../../support/registry-room.ts';
import { until, untilGroupHasRead } from '../../support/until.ts';
import { SCORERS, type ScorerHealth, untilScoringWith } from '../actors.ts';
import type { Teller } from '../teller.ts';
import { by, OLD } from '../versions.ts';
import type { World } from '../world.ts';

const CRASHING = 'bank-leads@1.2.0-crashing';
const NEXT = { name: 'next', firstYear: 2016, everyNth: 40 } as const;

/** What the push refuses is written past it, by somebody who has the keys to Kafka: the scorers refuse it too. */
export async function tellForcedModel(teller: Teller, world: World, crashing: () => string): Promise<void> {
  const { actors, scoreline, leads } = world;

  await teller.step(
    'forced into Production past every check: the scorers keep the old version and say so',
    async () => {
      await forceIntoProduction(world, crashing());
      const tellsProblem = async (name: (typeof SCORERS)[number]): Promise<boolean> => {
        const health = await actors.ask<ScorerHealth>(name, '/health');
        return (
          health?.status === 'ready' &&
          health.model === OLD &&
          (health.model_problem ?? '').includes(CRASHING)
        );
      };
      for (const name of SCORERS)
        await until(() => tellsProblem(name), 30_000, `${name} did not say what is wrong`);
      const health = await actors.ask<ScorerHealth>('scorer A', '/health');
      const sent = await leads.replay(await leads.writeVariant(NEXT), { rate: 0, withOutcomes: false });
      await untilGroupHasRead(world.env, 'scorer');
      return { 'leads scored meanwhile': sent, 'the scorer says': health?.model_problem ?? '' };
    },
  );

  await teller.step('a rollback leads out of it', async () => {
    const { registry } = await scoreline.decide(['rollback', ...by('bruno', 'it can not score')]);
    assert.equal(registry.production, OLD);
    await untilScoringWith(actors, OLD);
    const isQuiet = async (): Promise<boolean> =>
      (await actors.ask<ScorerHealth>('scorer A', '/health'))?.model_problem === undefined;
    await until(isQuiet, 10_000, 'the scorer went on to complain');
    await scoreline.decide(['reject', CRASHING, ...by('bruno', 'it can not score')]);
    return { production: registry.production };
  });
}

type Undecided<C> = C extends unknown ? Omit<C, 'actor' | 'reason'> : never;

async function forceIntoProduction({ env }: World, dir: string): Promise<void> {
  const store = createArtifactStore({ root: env['MODEL_STORE'] ?? '', cacheDir: env['MODELS_CACHE'] ?? '' });
  const put = await store.put(dir, { model: 'bank-leads', version: '1.2.0-crashing' });
  assert.ok(put.ok);
  const artifact = { uri: put.stored.uri, manifest_sha256: put.stored.manifestSha256 };
  const room = await openRegistryRoom(env);
  const decide = async (command: Undecided<RegistryCommand>): Promise<void> => {
    const result = await room.commands.execute({
      ...command,
      actor: 'mallory',
      reason: 'no time for checks',
    });
    assert.ok(result.ok, result.ok ? '' : result.message);
  };
  try {
    await decide({ type: 'register', ref: CRASHING, artifact });
    await decide({ type: 'stage', ref: CRASHING });
    await decide({ type: 'approve', ref: CRASHING });
    await decide({ type: 'promote', ref: CRASHING });
  } finally {
    await room.close();
  }
}
