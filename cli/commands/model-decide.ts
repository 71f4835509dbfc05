import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { Decider } from '@scoreline/runtime/model-lifecycle/lifecycle-deps.ts';
import type { ModelLifecycle } from '@scoreline/runtime/model-lifecycle/model-lifecycle.ts';
import type { LifecycleOutcome } from '@scoreline/runtime/model-lifecycle/outcome.ts';
import { type Command, InvalidArgumentError } from 'commander';
import { withLifecycle } from '../registry/with-lifecycle.ts';
import { addDecisionFlags, type DecisionFlags, parseRef, toDecider } from './decision-flags.ts';
import { formatOutcome } from './format-registry.ts';
import { runCommand } from './run-command.ts';

/** `scoreline model push | stage | approve | promote | reject | archive | rollback | alias`: the decisions. */
export function addDecisionCommands(model: Command): void {
  addPush(model);
  addVersionVerb(model, 'stage', 'Registered → Staging: the shadow scores with it.');
  addVersionVerb(model, 'approve', 'Approve a Staging version for Production.');
  addPromote(model);
  addVersionVerb(model, 'reject', 'Take a version out of use for good.');
  addVersionVerb(model, 'archive', 'Take a version out of use; it can be staged anew.');
  addRollback(model);
  addAlias(model);
}

function addPush(model: Command): void {
  const push = model.command('push').argument('<dir>', 'folder of the package: <name>/<version>');
  addFlags(push, 'Check a package, put it into the store (MODEL_STORE) and register it.').action(
    (dir: string, flags: DecisionFlags) =>
      decide(flags, (lifecycle, decider) => lifecycle.push({ dir }, decider)),
  );
}

function addVersionVerb(
  model: Command,
  type: 'stage' | 'approve' | 'reject' | 'archive',
  description: string,
): void {
  addFlags(addVersion(model.command(type)), description).action((ref: VersionRef, flags: DecisionFlags) =>
    decide(flags, (lifecycle, decider) => lifecycle.execute({ type, ref, ...decider })),
  );
}

function addPromote(model: Command): void {
  addFlags(addVersion(model.command('promote')), 'Staging → Production; needs an approval.')
    .option('--to <stage>', 'production, or staging, which is "stage"', parseStage, 'promote')
    .action((ref: VersionRef, flags: DecisionFlags & { to: 'promote' | 'stage' }) =>
      decide(flags, (lifecycle, decider) => lifecycle.execute({ type: flags.to, ref, ...decider })),
    );
}

function addRollback(model: Command): void {
  addFlags(model.command('rollback'), 'The production version before this one scores again.')
    .option('--to <name@version>', 'an earlier one', parseRef)
    .action((flags: DecisionFlags & { to?: VersionRef }) =>
      decide(flags, (lifecycle, decider) => {
        const to = flags.to === undefined ? {} : { ref: flags.to };
        return lifecycle.execute({ type: 'rollback', ...to, ...decider });
      }),
    );
}

function addAlias(model: Command): void {
  const alias = model
    .command('alias')
    .argument('<alias>', "'challenger', or a name of your own")
    .argument('[name@version]', 'where it points; nothing takes it away', parseRef);
  addFlags(alias, 'Point a name at a version.').action(
    (name: string, ref: VersionRef | undefined, flags: DecisionFlags) =>
      decide(flags, (lifecycle, decider) =>
        lifecycle.execute({ type: 'alias', alias: name, ref: ref ?? null, ...decider }),
      ),
  );
}

function addVersion(command: Command): Command {
  return command.argument('<name@version>', 'the version', parseRef);
}

function addFlags(command: Command, description: string): Command {
  return addDecisionFlags(command, 'the registry', description);
}

/** Decides, prints what became of it; exit code 1 where it is refused. */
function decide(
  flags: DecisionFlags,
  ask: (lifecycle: ModelLifecycle, decider: Decider) => Promise<LifecycleOutcome>,
): Promise<void> {
  return runCommand(async () => {
    const outcome = await withLifecycle((lifecycle) => ask(lifecycle, toDecider(flags)));
    return { ok: outcome.ok, lines: formatOutcome(outcome, flags.json) };
  });
}

function parseStage(text: string): 'promote' | 'stage' {
  if (text === 'production') return 'promote';
  if (text === 'staging') return 'stage';
  throw new InvalidArgumentError('staging or production.');
}
