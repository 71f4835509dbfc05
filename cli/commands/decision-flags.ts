import { userInfo } from 'node:os';
import { parseVersionRef, type VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { Decider } from '@scoreline/runtime/model-lifecycle/lifecycle-deps.ts';
import { type Command, InvalidArgumentError } from 'commander';

/** What every decision takes: why, by whom, and at which revision of its log. */
export interface DecisionFlags {
  readonly reason: string;
  readonly actor: string;
  readonly expectRevision?: number;
  readonly json: boolean;
}

/** Adds them to a command; `log` is what --expect-revision is about: 'the registry'. */
export function addDecisionFlags(command: Command, log: string, description: string): Command {
  return command
    .description(description)
    .requiredOption('--reason <text>', 'why; it stays on record', parseReason)
    .option('--actor <name>', 'who decides', userInfo().username)
    .option('--expect-revision <n>', `decide only at this revision of ${log}`, parseRevision)
    .option('--json', 'print the outcome as JSON', false);
}

export function toDecider({ reason, actor, expectRevision: expectedRevision }: DecisionFlags): Decider {
  return { reason, actor, ...(expectedRevision === undefined ? {} : { expectedRevision }) };
}

/** `<name>@<version>` of the command line. */
export function parseRef(text: string): VersionRef {
  const ref = parseVersionRef(text);
  if (ref === undefined) throw new InvalidArgumentError('It reads <name>@<version>, e.g. bank-leads@1.1.0.');
  return ref;
}

function parseReason(text: string): string {
  if (text.trim() === '') throw new InvalidArgumentError('A decision needs a reason.');
  return text;
}

function parseRevision(text: string): number {
  const revision = Number(text);
  if (Number.isSafeInteger(revision) && revision >= 0) return revision;
  throw new InvalidArgumentError('A whole number, 0 or above.');
}
