import type { RegistryCommand } from '@scoreline/core/registry/command.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { expect } from 'vitest';
import type { RegistryRoom } from './registry-room.ts';

/** A command beside who decides and why. */
export type Undecided<C> = C extends unknown ? Omit<C, 'actor' | 'reason'> : never;

/** Executes a command that must be accepted; when it was read back, epoch milliseconds. */
export async function decide(room: RegistryRoom, command: Undecided<RegistryCommand>): Promise<number> {
  const result = await room.commands.execute({ ...command, actor: 'anna', reason: 'a test' });
  expect(result).toMatchObject({ ok: true, changed: true });
  return Date.now();
}

export async function toProduction(room: RegistryRoom, ref: VersionRef): Promise<void> {
  await decide(room, { type: 'stage', ref });
  await decide(room, { type: 'approve', ref });
  await decide(room, { type: 'promote', ref });
}
