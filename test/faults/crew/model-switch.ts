import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import type { Policy, WindowsPolicy } from '@scoreline/core/contracts/policy.ts';
import type { RegistryCommand } from '@scoreline/core/registry/command.ts';
import { type VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { openRegistryRoom, type RegistryRoom } from '../../support/registry-room.ts';
import type { WorldEnv } from '../world-env.ts';

/** Which of two versions of the same model production's leads get. */
export interface ModelSwitch {
  /** Promotes the other one. */
  swap(): Promise<void>;
  /** The same by a process that is killed so long after it has begun to decide; whether it has is not known then. */
  swapAndDie(afterMs: number): Promise<void>;
}

const MODELS = join(import.meta.dirname, '../../../models/bank-leads');
const PROGRAM = join(import.meta.dirname, 'swap-model.ts');
/** The second has the first one's bytes, but for its name. */
const VERSIONS: readonly [VersionRef, VersionRef] = ['bank-leads@1.0.0', 'bank-leads@1.0.1'];
/** Short ones: some hundred close in a run. */
const WINDOWS: WindowsPolicy = { base: 'PT1H', sizes: ['PT1H', 'P1D'] };

/** The bank's packages, with a policy of short windows and a version more; the folder that MODELS_DIR names. */
export async function copyModels(folder: string): Promise<string> {
  const models = join(folder, 'models');
  const bank = join(models, 'bank-leads');
  await cp(MODELS, bank, { recursive: true });
  await cp(join(MODELS, '1.0.0'), join(bank, '1.0.1'), { recursive: true });
  await changeJson<Manifest>(join(bank, '1.0.1', 'manifest.json'), (manifest) => ({
    ...manifest,
    version: '1.0.1',
  }));
  await changeJson<Policy>(join(bank, 'policy.json'), ({ performance: _measured, ...policy }) => ({
    ...policy,
    windows: WINDOWS,
  }));
  return models;
}

async function changeJson<T>(file: string, change: (value: T) => T): Promise<void> {
  await writeFile(file, JSON.stringify(change(JSON.parse(await readFile(file, 'utf8')) as T)));
}

/** Registers both versions and promotes the first. */
export async function openModelSwitch(env: WorldEnv): Promise<ModelSwitch> {
  const room = await openRegistryRoom(env);
  try {
    for (const ref of VERSIONS) {
      const uri = ref.replace('@', '/');
      const manifest = await readFile(join(env.MODELS_DIR, uri, 'manifest.json'));
      const manifest_sha256 = createHash('sha256').update(manifest).digest('hex');
      await decide(room, { type: 'register', ref, artifact: { uri, manifest_sha256 } });
    }
    await promoteOther(room);
  } finally {
    await room.close();
  }
  return {
    swap: () => swapModel(env),
    async swapAndDie(afterMs) {
      const child = spawn(process.execPath, [PROGRAM], {
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const ended = once(child, 'exit');
      await Promise.race([once(child.stdout, 'data'), ended]);
      await delay(afterMs);
      child.kill('SIGKILL');
      await ended;
    },
  };
}

/** Reads who is in production and promotes the other; `onBegin` is told right before the first decision. */
export async function swapModel(env: WorldEnv, onBegin: () => void = () => {}): Promise<void> {
  const room = await openRegistryRoom(env);
  try {
    onBegin();
    await promoteOther(room);
  } finally {
    await room.close();
  }
}

async function promoteOther(room: RegistryRoom): Promise<void> {
  const [first, second] = VERSIONS;
  const ref = room.projection.state().production === first ? second : first;
  for (const type of ['stage', 'approve', 'promote'] as const) await decide(room, { type, ref });
}

type Undecided<C> = C extends unknown ? Omit<C, 'actor' | 'reason'> : never;

async function decide(room: RegistryRoom, command: Undecided<RegistryCommand>): Promise<void> {
  const result = await room.commands.execute({ ...command, actor: 'faults', reason: 'to see what happens' });
  if (!result.ok) throw new Error(`${command.type} was refused: ${result.message}`);
}
