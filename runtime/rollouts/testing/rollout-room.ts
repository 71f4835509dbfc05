import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { RolloutEvent } from '@scoreline/core/contracts/rollout-event.ts';
import type { ExperimentReport } from '@scoreline/core/experiment/experiment-report.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { CheckResult } from '@scoreline/core/rollout/evaluation.ts';
import type { Rollout } from '@scoreline/core/rollout/state.ts';
import { createMemoryTopic, type MemoryTopic } from '../../decision-log/testing/memory-log.ts';
import { SILENT_PROJECTION } from '../../decision-log/projection.ts';
import {
  type LifecycleRoom,
  openLifecycleRoom,
  ROOM_NOW_MS,
} from '../../model-lifecycle/testing/lifecycle-room.ts';
import { writeTinyPackage } from '../../testing/tiny-package.ts';
import type { ControllerPresence } from '../controller-probe.ts';
import { createRolloutCommands, createRolloutProjection, type RolloutCommands } from '../rollout-log.ts';
import { createRolloutService, type RolloutService } from '../rollout-service.ts';

/** A stream's rollouts on topics in memory, with a model registry of its own. */
export interface RolloutRoom {
  readonly service: RolloutService;
  /** As another process has them: the controller, for one. */
  readonly commands: RolloutCommands;
  readonly topic: MemoryTopic<RolloutEvent>;
  readonly models: LifecycleRoom;
  /** Pushes and stages tiny@<version>, and brings it as far as is asked. */
  addVersion(
    version: string,
    upTo: 'staging' | 'approved' | 'production',
    policy?: object,
  ): Promise<VersionRef>;
  /** What is measured from now on. */
  setChecks(checks: readonly CheckResult[]): void;
  setController(presence: ControllerPresence): void;
  /** What A/B tests say from now on. */
  setReport(report: (rollout: Rollout) => Promise<ExperimentReport>): void;
  /** Lets time pass; a room begins at ROOM_NOW_MS. */
  wait(ms: number): void;
  close(): Promise<void>;
}

/** Opens a room without versions, whose checks measure nothing and whose one controller is there. */
export async function openRolloutRoom(): Promise<RolloutRoom> {
  const models = await openLifecycleRoom();
  const topic = createMemoryTopic<RolloutEvent>();
  let now = ROOM_NOW_MS;
  let ids = 0;
  let checks: readonly CheckResult[] = [];
  let controller: ControllerPresence = { state: 'present', instances: 1 };
  let readExperiment = (_rollout: Rollout): Promise<ExperimentReport> =>
    Promise.reject(new Error('no report'));
  const nowMs = (): number => now;
  const openCommands = async () => {
    const projection = createRolloutProjection({ log: topic.openLog(), events: SILENT_PROJECTION });
    await projection.start(() => {});
    const newEventId = (): string => `r${(ids += 1)}`;
    return {
      projection,
      commands: createRolloutCommands({ projection, appender: topic.appender, nowMs, newEventId }),
    };
  };
  const own = await openCommands();
  const others = await openCommands();
  return {
    models,
    topic,
    commands: others.commands,
    service: createRolloutService({
      rollouts: own.projection,
      commands: own.commands,
      lifecycle: models.lifecycle,
      measure: async (_rollout, atMs) => ({ atMs, checks }),
      readExperiment: (rollout) => readExperiment(rollout),
      probeController: async () => controller,
      nowMs,
    }),
    addVersion: (version, upTo, policy) => addVersion(models, version, upTo, policy),
    setChecks: (measured) => void (checks = measured),
    setController: (presence) => void (controller = presence),
    setReport: (report) => void (readExperiment = report),
    wait: (ms) => void (now += ms),
    close: () => models.close(),
  };
}

const BY = { actor: 'anna', reason: 'a test' };

async function addVersion(
  { lifecycle }: LifecycleRoom,
  version: string,
  upTo: 'staging' | 'approved' | 'production',
  policy?: object,
): Promise<VersionRef> {
  const pkg = await writeTinyPackage((parts) => {
    parts.manifest.version = version;
    parts.folder = `tiny/${version}`;
  });
  if (policy !== undefined) await writeFile(join(pkg.dir, '..', 'policy.json'), JSON.stringify(policy));
  const done = [await lifecycle.push({ dir: pkg.dir }, BY)];
  await pkg.remove();
  const ref: VersionRef = `tiny@${version}`;
  done.push(await lifecycle.execute({ type: 'stage', ref, ...BY }));
  if (upTo !== 'staging') done.push(await lifecycle.execute({ type: 'approve', ref, ...BY }));
  if (upTo === 'production') done.push(await lifecycle.execute({ type: 'promote', ref, ...BY }));
  for (const outcome of done) if (!outcome.ok) throw new Error(outcome.message);
  return ref;
}
