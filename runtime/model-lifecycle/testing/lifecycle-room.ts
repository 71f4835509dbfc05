import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';
import type { ArtifactStore } from '../../artifacts/artifact-store.ts';
import { createArtifactStore } from '../../artifacts/create-artifact-store.ts';
import { loadPackage } from '../../model-package/load.ts';
import { openModel } from '../../model-package/open.ts';
import { PackageRefused } from '../../model-package/refused.ts';
import { createRegistryCommands } from '../../registry/commands.ts';
import { createRegistryProjection, type RegistryProjection } from '../../registry/projection.ts';
import { SILENT_PROJECTION } from '../../decision-log/projection.ts';
import { createMemoryTopic, type MemoryTopic } from '../../decision-log/testing/memory-log.ts';
import type { GateAnswer } from '../gate-port.ts';
import { createModelLifecycle, type ModelLifecycle } from '../model-lifecycle.ts';

/** A lifecycle on a folder store and a topic in memory. */
export interface LifecycleRoom {
  readonly lifecycle: ModelLifecycle;
  readonly projection: RegistryProjection;
  readonly topic: MemoryTopic<ModelEvent>;
  readonly store: ArtifactStore;
  /** What the gate says from now on. */
  setGate(answer: GateAnswer): void;
  /** How often the gate was asked. */
  gateAsked(): number;
  /** The newest schema of leads from now on; undefined: none is registered. */
  setLeadSchema(schema: string | undefined): void;
  close(): Promise<void>;
}

/** The time in the room; it stands still. */
export const ROOM_NOW_MS = Date.UTC(2024, 0, 1);

/** Opens a room whose gate knows nothing and whose leads have no schema yet. */
export async function openLifecycleRoom(): Promise<LifecycleRoom> {
  const folder = await mkdtemp(join(tmpdir(), 'scoreline-lifecycle-'));
  await mkdir(join(folder, 'store'));
  const store = createArtifactStore({ root: join(folder, 'store'), cacheDir: join(folder, 'cache') });
  const topic = createMemoryTopic<ModelEvent>();
  const projection = createRegistryProjection({ log: topic.openLog(), events: SILENT_PROJECTION });
  await projection.start(() => {});
  let gate: GateAnswer = { known: false, summary: 'no shadow yet' };
  let gateAsked = 0;
  let leadSchema: string | undefined;
  let ids = 0;
  const nowMs = (): number => ROOM_NOW_MS;
  const commands = createRegistryCommands({
    projection,
    appender: topic.appender,
    nowMs,
    newEventId: () => `e${(ids += 1)}`,
  });
  return {
    projection,
    topic,
    store,
    lifecycle: createModelLifecycle({
      projection,
      commands,
      store,
      leadSchema: async () => leadSchema,
      askGate: async () => {
        gateAsked += 1;
        return gate;
      },
      nowMs,
      tryPackage,
    }),
    gateAsked: () => gateAsked,
    setGate: (answer) => void (gate = answer),
    setLeadSchema: (schema) => void (leadSchema = schema),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

/** In this process, for speed. */
async function tryPackage(dir: string): Promise<readonly PackageProblem[]> {
  try {
    await (await openModel(await loadPackage(dir))).close();
    return [];
  } catch (error) {
    if (error instanceof PackageRefused) return error.problems;
    throw error;
  }
}
