import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RolloutPolicy } from '@scoreline/core/contracts/policy.ts';
import type { describeRollout } from '@scoreline/runtime/rollouts/describe-rollout.ts';
import { until } from '../support/until.ts';
import { type Actors, SCORERS, type ScorerHealth } from './actors.ts';
import { MODELS } from './versions.ts';
import type { World } from './world.ts';

export type ToldRollout = ReturnType<typeof describeRollout>;

/** Steps of seconds, so that a rollout of days is played in half a minute. */
const QUICK: RolloutPolicy = {
  steps: [
    { share: 0.2, duration: 'PT8S' },
    { share: 0.5, duration: 'PT8S' },
  ],
  evaluate_every: 'PT1S',
  window: 'PT1M',
  minimum_sample: 100,
  patience: 'PT2M',
};

/** The policy of the model in the store: the bank's, with rollouts in seconds. */
export async function writeQuickPolicy({ env }: World, change: RolloutPolicy = {}): Promise<void> {
  const bank = JSON.parse(await readFile(join(MODELS, 'bank-leads/policy.json'), 'utf8')) as object;
  const policy = { ...bank, $schema: undefined, rollout: { ...QUICK, ...change } };
  await writeFile(join(env['MODEL_STORE'] ?? '', 'bank-leads/policy.json'), JSON.stringify(policy));
}

/** A rollout as the API tells it. */
export async function findRollout(actors: Actors, id: string): Promise<ToldRollout | undefined> {
  const told = await actors.ask<{ readonly rollouts: readonly ToldRollout[] }>('api', '/rollouts');
  return told?.rollouts.find((rollout) => rollout.id === id);
}

/** Polls until a rollout has come to this status; throws, with its reason, where it has come to another end. */
export async function untilStatus(
  actors: Actors,
  id: string,
  status: ToldRollout['status'],
  timeoutMs = 120_000,
): Promise<ToldRollout> {
  let rollout: ToldRollout | undefined;
  const hasCome = async (): Promise<boolean> => {
    rollout = (await findRollout(actors, id)) ?? rollout;
    if (rollout?.status === status) return true;
    const last = rollout?.decisions.at(-1);
    assert.ok(
      rollout === undefined || rollout.is_active,
      `${id} was to be ${status} and is ${rollout?.status}: ${last?.reason}`,
    );
    assert.ok(
      rollout?.status !== 'paused' || status !== 'completed',
      `${id} was to be ${status} and is paused: ${last?.reason}`,
    );
    return false;
  };
  await until(hasCome, timeoutMs, `${id} was not ${status}`);
  assert.ok(rollout);
  return rollout;
}

/** Polls until no scorer assigns leads by a rollout; when the last one said so, epoch milliseconds. */
export async function untilNoRollout(actors: Actors): Promise<number> {
  const isFree = async (name: (typeof SCORERS)[number]): Promise<boolean> =>
    (await actors.ask<ScorerHealth>(name, '/health'))?.rollout === null;
  const areFree = async (): Promise<boolean> =>
    (await Promise.all(SCORERS.map(isFree))).every((free) => free);
  await until(areFree, 30_000, 'a scorer still assigned leads');
  return Date.now();
}
