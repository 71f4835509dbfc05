import { describeReport } from '@scoreline/runtime/rollouts/describe-rollout.ts';
import type { ArmRequest } from '@scoreline/runtime/rollouts/start-request.ts';
import type { Command } from 'commander';
import { describeExperiment } from '../rollouts/describe-experiment.ts';
import { collectArm } from '../rollouts/parse-shares.ts';
import { withRollouts } from '../rollouts/with-rollouts.ts';
import { addDecisionFlags, type DecisionFlags } from './decision-flags.ts';
import type { CommandOutcome } from './model-validate.ts';
import { decideOnRollout } from './rollout.ts';
import { runCommand } from './run-command.ts';

/** `scoreline experiment …`: A/B tests of versions, by fixed shares of the leads. */
export function addExperimentCommands(program: Command): void {
  const experiment = program
    .command('experiment')
    .description('Compare versions on real leads, by fixed shares; the report may be looked at any time.');
  addDecisionFlags(
    experiment.command('start'),
    'the rollouts',
    'Start an A/B test; what the arms leave is the share of the version in Production.',
  )
    .requiredOption(
      '--arm <name@version=share>',
      'an approved Staging version and its share of all leads; may be repeated',
      collectArm,
    )
    .action((flags: DecisionFlags & { arm: readonly ArmRequest[] }) =>
      decideOnRollout(flags, 'registry', (rollouts, decider) =>
        rollouts.start({ kind: 'ab_test', arms: flags.arm }, decider),
      ),
    );
  experiment
    .command('report')
    .argument('[id]', 'the A/B test; without it, the newest')
    .description('Who converts more, how sure that is, and how long it would take to tell.')
    .option('--json', 'print it as JSON', false)
    .action((id: string | undefined, { json }: { json: boolean }) =>
      runCommand(() => reportExperiment(id ?? null, json)),
    );
  addDecisionFlags(
    experiment.command('stop').argument('[id]', 'the A/B test; without it, the newest'),
    'the rollouts',
    'End an A/B test: production scores every lead again.',
  ).action((id: string | undefined, flags: DecisionFlags) =>
    decideOnRollout(flags, 'nothing', (rollouts, decider) => rollouts.stopExperiment(id ?? null, decider)),
  );
}

async function reportExperiment(id: string | null, asJson: boolean): Promise<CommandOutcome> {
  const answer = await withRollouts('nothing', (rollouts) => rollouts.report(id));
  if (!answer.ok) return { ok: false, lines: [`✗ ${answer.message} [${answer.code}]`] };
  const { rollout, report } = answer;
  const lines = asJson
    ? [JSON.stringify(describeReport(rollout, report))]
    : describeExperiment(rollout, report);
  return { ok: true, lines };
}
