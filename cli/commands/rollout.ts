import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { Decider } from '@scoreline/runtime/model-lifecycle/lifecycle-deps.ts';
import type { RolloutVerb } from '@scoreline/runtime/rollouts/decide-rollout.ts';
import { describeRollout } from '@scoreline/runtime/rollouts/describe-rollout.ts';
import type { RolloutOutcome } from '@scoreline/runtime/rollouts/rollout-outcome.ts';
import type { RolloutService } from '@scoreline/runtime/rollouts/rollout-service.ts';
import type { StepRequest } from '@scoreline/runtime/rollouts/start-request.ts';
import type { Command } from 'commander';
import { describeRollouts } from '../rollouts/describe-status.ts';
import { formatRolloutOutcome } from '../rollouts/format-outcome.ts';
import { parseSteps } from '../rollouts/parse-shares.ts';
import { type AlsoAsked, withRollouts } from '../rollouts/with-rollouts.ts';
import { addDecisionFlags, type DecisionFlags, parseRef, toDecider } from './decision-flags.ts';
import type { CommandOutcome } from './model-validate.ts';
import { runCommand } from './run-command.ts';
import { addStatusCommand } from './rollout-status.ts';

const VERBS: Readonly<Record<RolloutVerb, string>> = {
  pause: 'Leave the shares as they are until a person decides; guardrails still roll back.',
  resume: 'Let a paused rollout go on.',
  promote: 'Give the version every lead at once; the controller brings it to Production next.',
  abort: 'End it: production scores every lead again, at once. Needs no controller.',
};

/** `scoreline rollout …`: canaries, and how they stand. */
export function addRolloutCommands(program: Command): void {
  const rollout = program
    .command('rollout')
    .description('Give a version a rising share of the leads, and take it back where that was a mistake.');
  addStart(rollout);
  addStatusCommand(rollout);
  for (const verb of Object.keys(VERBS) as RolloutVerb[]) addVerb(rollout, verb);
  rollout
    .command('list')
    .description('All rollouts of the stream, the newest first.')
    .option('--json', 'print them as JSON', false)
    .action(({ json }: { json: boolean }) => runCommand(() => listRollouts(json)));
}

function addStart(rollout: Command): void {
  const start = rollout.command('start').argument('<name@version>', 'an approved Staging version', parseRef);
  addDecisionFlags(start, 'the rollouts', 'Start a canary against the version in Production.')
    .option('--steps <list>', "e.g. 10%:P1D,50%:P2D, instead of the policy's", parseSteps)
    .action((version: VersionRef, flags: DecisionFlags & { steps?: StepRequest[] }) =>
      decideOnRollout(flags, 'registry', (rollouts, decider) => {
        const steps = flags.steps === undefined ? {} : { steps: flags.steps };
        return rollouts.start({ kind: 'canary', version, ...steps }, decider);
      }),
    );
}

function addVerb(rollout: Command, verb: RolloutVerb): void {
  const command = rollout.command(verb).argument('[id]', 'the rollout; without it, the active one');
  addDecisionFlags(command, 'the rollouts', VERBS[verb]).action(
    (id: string | undefined, flags: DecisionFlags) =>
      decideOnRollout(flags, 'nothing', (rollouts, decider) => rollouts.decide(verb, id ?? null, decider)),
  );
}

/** Decides, prints what became of it; exit code 1 where it is refused. */
export function decideOnRollout(
  flags: DecisionFlags,
  also: AlsoAsked,
  ask: (rollouts: RolloutService, decider: Decider) => Promise<RolloutOutcome>,
): Promise<void> {
  return runCommand(async () => {
    const outcome = await withRollouts(also, (rollouts) => ask(rollouts, toDecider(flags)));
    return { ok: outcome.ok, lines: formatRolloutOutcome(outcome, flags.json) };
  });
}

async function listRollouts(asJson: boolean): Promise<CommandOutcome> {
  const { rollouts, revision } = await withRollouts('nothing', (service) => service.state());
  const all = [...rollouts.values()];
  if (!asJson) return { ok: true, lines: describeRollouts(all) };
  return { ok: true, lines: [JSON.stringify({ revision, rollouts: all.map(describeRollout) })] };
}
