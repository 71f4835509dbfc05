import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import type { RefusalCode, RegistryCommand } from '@scoreline/core/registry/command.ts';
import { decide } from '@scoreline/core/registry/decide.ts';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import {
  type CommandResult,
  type Commands,
  type CommandsDeps,
  createCommands,
} from '../decision-log/commands.ts';

/** The registry's one writer. */
export type RegistryCommands = Commands<RegistryState, ModelEvent, RegistryCommand, RefusalCode>;
export type RegistryCommandResult = CommandResult<RegistryState, ModelEvent, RefusalCode>;
export type RegistryCommandsDeps = CommandsDeps<RegistryState, ModelEvent>;

export function createRegistryCommands(deps: RegistryCommandsDeps): RegistryCommands {
  return createCommands({ decide, describe, name: 'the registry' }, deps);
}

function describe({ type, model, version, alias, actor, reason }: ModelEvent): string {
  const what = [type.replace('_', ' '), alias, model === '' ? '' : `${model}@${version}`];
  const told = what.filter((part) => part !== null && part !== '').join(' ');
  return `${told}, by ${actor} (${reason})`;
}
