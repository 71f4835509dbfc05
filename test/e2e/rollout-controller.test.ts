import type { RolloutPlan } from '@scoreline/core/contracts/rollout-event.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { ServiceProcess } from '@scoreline/infra/demo/service-process.ts';
import { expect, onTestFinished, test } from 'vitest';
import { setUpIsolatedEnv } from '../support/isolated-env.ts';
import { openRegistryRoom, type RegistryRoom } from '../support/registry-room.ts';
import { openRolloutRoom } from '../support/rollout-room.ts';
import { until } from '../support/until.ts';
import { artifactOf, MODELS, replayBank, runService } from './support.ts';

const OLD: VersionRef = 'bank-leads@1.0.0';
const NEW: VersionRef = 'bank-leads@1.1.0';
const BY_REGISTRY = { MODEL: '', CANDIDATE: '', MODEL_STORE: MODELS };
const decided = { actor: 'anna', reason: 'a test' } as const;

/** Three steps of two seconds; without checks time alone decides. */
const PLAN: RolloutPlan = {
  kind: 'canary',
  control: { model: 'bank-leads', version: '1.0.0' },
  treatments: [{ model: 'bank-leads', version: '1.1.0', share: 1 }],
  steps: [0.1, 0.3, 0.6].map((share) => ({ share, duration_ms: 2_000 })),
  checks: [],
  minimum_sample: 100,
  evaluate_every_ms: 500,
  window_ms: 60_000,
  patience_ms: 60_000,
  horizon_ms: 86_400_000,
  without_outcome: 'negative',
  alpha: 0.05,
  minimum_effect: 0.1,
  planned_leads: 1_000,
};

test('the controller that decides is killed in each step: another one goes on where it stood, to Production', async () => {
  const env = await setUpIsolatedEnv();
  const [registry, rollouts] = await Promise.all([openRegistryRoom(env), openRolloutRoom(env)]);
  onTestFinished(async () => {
    await Promise.all([registry.close(), rollouts.close()]);
  });
  await registerBoth(registry);
  // The schema of leads is registered with the first of them; a promotion is checked against it.
  await replayBank(env, 10);
  const controllers = [await runController(env), await runController(env)];
  const isStep = (step: number) => async () => rollouts.projection.state().latest?.step === step;

  const started = await rollouts.commands.execute({ type: 'start', rolloutId: 'r1', plan: PLAN, ...decided });
  expect(started).toMatchObject({ ok: true, changed: true });
  for (const step of [1, 2]) {
    await until(isStep(step), 60_000, `step ${step} did not begin`);
    const leader = await findLeader(controllers);
    process.kill(leader.pid, 'SIGKILL');
    await leader.exited;
    controllers.splice(controllers.indexOf(leader), 1, await runController(env));
  }
  await until(async () => rollouts.projection.state().latest?.status === 'completed', 60_000);

  const { decisions, registryRevision } = rollouts.projection.state().latest!;
  expect(decisions.map(({ type, share }) => [type, share])).toEqual([
    ['started', 0.1],
    ['advanced', 0.3],
    ['advanced', 0.6],
    ['promoting', 1],
    ['completed', 0],
  ]);
  await registry.projection.untilCaughtUp();
  const { production, revision } = registry.projection.state();
  expect([production, revision]).toEqual([NEW, registryRevision]);
});

function runController(env: Parameters<typeof runService>[1]): Promise<ServiceProcess> {
  return runService('rollout', env, BY_REGISTRY);
}

/** The one that says so; after a kill that takes as long as the dead one's session. */
async function findLeader(controllers: readonly ServiceProcess[]): Promise<ServiceProcess> {
  let leader: ServiceProcess | undefined;
  const asks = async (): Promise<boolean> => {
    for (const controller of controllers) {
      const health = await fetch(`${controller.url}/health`).catch(() => undefined);
      const told = (await health?.json()) as { readonly leader?: boolean } | undefined;
      if (told?.leader === true) leader = controller;
    }
    return leader !== undefined;
  };
  await until(asks, 60_000, 'no controller led');
  if (leader === undefined) throw new Error('no controller led');
  return leader;
}

async function registerBoth({ commands }: RegistryRoom): Promise<void> {
  const execute = async (command: Parameters<typeof commands.execute>[0]): Promise<void> => {
    expect(await commands.execute(command)).toMatchObject({ ok: true, changed: true });
  };
  for (const ref of [OLD, NEW]) {
    await execute({ type: 'register', ref, artifact: artifactOf(ref), ...decided });
    await execute({ type: 'stage', ref, ...decided });
    await execute({ type: 'approve', ref, ...decided });
  }
  await execute({ type: 'promote', ref: OLD, ...decided });
}
