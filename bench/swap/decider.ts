import { createHash } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { splitVersionRef, type VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { RegistryCommand } from '@scoreline/core/registry/command.ts';
import { openRegistryRoom } from '@scoreline/test/support/registry-room.ts';
import type { BenchContext } from '../context.ts';

/** Decides in a stream's registry without asking gate or package: what is measured is what a decision does. */
export interface Decider {
  /** Registers a version whose package lies in `store`, the folder that MODEL_STORE names. */
  register(ref: VersionRef, store: string): Promise<void>;
  /** To Staging with an approval: what a promotion needs. */
  prepare(ref: VersionRef): Promise<void>;
  /** When the decision was begun, epoch milliseconds. */
  promote(ref: VersionRef): Promise<number>;
  /** The same. */
  rollBack(): Promise<number>;
  close(): Promise<void>;
}

type Undecided<C> = C extends unknown ? Omit<C, 'actor' | 'reason'> : never;

export async function openDecider({ env }: BenchContext): Promise<Decider> {
  const room = await openRegistryRoom(env);
  const decide = async (command: Undecided<RegistryCommand>): Promise<number> => {
    const begunMs = Date.now();
    const result = await room.commands.execute({ ...command, actor: 'bench', reason: 'a measurement' });
    if (!result.ok) throw new Error(`${command.type} was refused: ${result.message}`);
    return begunMs;
  };
  return {
    async register(ref, store) {
      const { model, version } = splitVersionRef(ref);
      const manifest = await readFile(join(store, model, version, 'manifest.json'));
      const manifest_sha256 = createHash('sha256').update(manifest).digest('hex');
      await decide({ type: 'register', ref, artifact: { uri: `${model}/${version}`, manifest_sha256 } });
    },
    async prepare(ref) {
      await decide({ type: 'stage', ref });
      await decide({ type: 'approve', ref });
    },
    promote: (ref) => decide({ type: 'promote', ref }),
    rollBack: () => decide({ type: 'rollback' }),
    close: () => room.close(),
  };
}
