import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';
import type { RefusalCode } from '@scoreline/core/registry/command.ts';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import type { ArtifactErrorCode } from '../artifacts/artifact-error.ts';
import type { PutOutcome } from '../artifacts/artifact-store.ts';
import type { RegistryCommandResult } from '../registry/commands.ts';

/** Stable, to be matched by programs; `artifact.…` is the store's own code. */
export type LifecycleRefusalCode =
  | RefusalCode
  | 'unavailable'
  | 'package.refused'
  | 'contract.broken'
  | `artifact.${ArtifactErrorCode | (PutOutcome & { ok: false })['code']}`;

/** Something that was asked and isn't done. */
export interface Refused<C extends string> {
  readonly ok: false;
  readonly code: C;
  /** What stands in the way, and what to do next. */
  readonly message: string;
  /** Everything that is wrong with the package, where that is why. */
  readonly problems: readonly PackageProblem[];
}

export type LifecycleRefusal = Refused<LifecycleRefusalCode>;

/** What became of something that was asked of the models' lifecycle. */
export type LifecycleOutcome =
  | {
      readonly ok: true;
      /** False: things were as asked already. */
      readonly changed: boolean;
      readonly message: string;
      readonly state: RegistryState;
      /** What the package or the gate leave to be known. */
      readonly warnings: readonly string[];
    }
  | LifecycleRefusal;

/** A refusal without problems of a package. */
export function refuse<C extends string>(code: C, message: string): Refused<C> {
  return { ok: false, code, message, problems: [] };
}

/** A command's result in words; `done` says what was decided. */
export function toOutcome(
  result: RegistryCommandResult,
  done: string,
  warnings: readonly string[] = [],
): LifecycleOutcome {
  if (!result.ok) return refuse(result.code, result.message);
  const message = result.changed ? done : result.message;
  return { ok: true, changed: result.changed, message, state: result.state, warnings };
}
