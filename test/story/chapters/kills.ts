import assert from 'node:assert/strict';
import { setTimeout as delay } from 'node:timers/promises';
import { untilGroupHasRead } from '../../support/until.ts';
import {
  type ActorName,
  SCORERS,
  type ScorerHealth,
  type ShadowHealth,
  untilScoringWith,
  untilShadowRuns,
} from '../actors.ts';
import type { Registry } from '../scoreline.ts';
import type { Teller } from '../teller.ts';
import { by, NEW } from '../versions.ts';
import type { World } from '../world.ts';

const LOAD = { name: 'kills', firstYear: 2020, everyNth: 1 } as const;
const LEADS_PER_SECOND = 300;
const VICTIMS: readonly ActorName[] = ['scorer A', 'scorer B', 'shadow', 'drift', 'api'];
const LONGEST_PAUSE_MS = 2_000;
/** About as long as a decision by command line takes. */
const DECISION_MS = 3_000;

/** What every service knows of models, by its own word. */
interface Known {
  readonly registry: Registry;
  readonly api: unknown;
  readonly scorers: readonly unknown[];
  readonly shadow: unknown;
}

/** Services are killed at random moments, one of them while a decision is taken. */
export async function tellKills(teller: Teller, world: World, random: () => number): Promise<void> {
  const { actors, scoreline, leads } = world;
  teller.chapter('Kills');
  const killAndRevive = async (name: ActorName, afterMs: number): Promise<void> => {
    await delay(afterMs);
    await actors.kill(name);
    await delay(random() * LONGEST_PAUSE_MS);
    await actors.start(name);
  };

  await teller.step(
    'each service is killed at a random moment under load: afterwards all know what they knew',
    async () => {
      await scoreline.decide(['stage', NEW, ...by('anna', 'once more')]);
      await untilShadowRuns(actors, [NEW]);
      const before = await ask(world);
      const load = leads.startLoad(await leads.writeVariant(LOAD), LEADS_PER_SECOND);
      const order = VICTIMS.map((name) => ({ name, afterMs: random() * VICTIMS.length * LONGEST_PAUSE_MS }));
      await Promise.all(order.map(({ name, afterMs }) => killAndRevive(name, afterMs)));
      await actors.untilReady(...VICTIMS);
      const sent = await load.stop();
      assert.deepEqual(await ask(world), before);
      const told = order.toSorted((a, b) => a.afterMs - b.afterMs);
      return {
        'leads meanwhile': sent,
        revision: before.registry.revision,
        killed: told.map(({ name, afterMs }) => `${name} after ${(afterMs / 1_000).toFixed(1)} s`).join(', '),
      };
    },
  );

  await teller.step(
    'both scorers are killed around a promotion: afterwards both score with what was decided',
    async () => {
      await scoreline.decide(['approve', NEW, ...by('bruno', 'as before')]);
      const load = leads.startLoad(await leads.writeVariant(LOAD), LEADS_PER_SECOND);
      const [{ registry }] = await Promise.all([
        scoreline.decide(['promote', NEW, ...by('anna', 'for good')]),
        ...SCORERS.map((name) => killAndRevive(name, random() * DECISION_MS)),
      ]);
      await untilScoringWith(actors, NEW, 90_000);
      await actors.untilReady(...SCORERS);
      const sent = await load.stop();
      assert.deepEqual(await scoreline.list(), registry);
      await untilGroupHasRead(world.env, 'scorer');
      return {
        'leads meanwhile': sent,
        production: registry.production ?? 'none',
        revision: registry.revision,
      };
    },
  );
}

async function ask({ actors, scoreline }: World): Promise<Known> {
  const scorers = await Promise.all(
    SCORERS.map(async (name) => {
      const health = await actors.ask<ScorerHealth>(name, '/health');
      return [health?.status, health?.model, health?.registry_revision, health?.model_problem];
    }),
  );
  const shadow = await actors.ask<ShadowHealth>('shadow', '/health');
  return {
    registry: await scoreline.list(),
    api: await actors.ask('api', '/registry'),
    scorers,
    shadow: [shadow?.status, shadow?.candidates],
  };
}
