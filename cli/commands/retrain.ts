import type { RetrainingMode } from '@scoreline/core/contracts/retraining-requested.ts';
import { latestRequest } from '@scoreline/core/retraining/state.ts';
import type { RetrainingResult } from '@scoreline/runtime/retraining/retraining-log.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { askByHand } from '../retraining/ask-by-hand.ts';
import { describeRequests } from '../retraining/describe-requests.ts';
import { withRetraining } from '../retraining/with-retraining.ts';
import { addDecisionFlags, type DecisionFlags } from './decision-flags.ts';
import type { CommandOutcome } from './model-validate.ts';
import { runCommand } from './run-command.ts';

interface RequestFlags extends DecisionFlags {
  readonly model: NamedModel;
  readonly mode?: RetrainingMode;
}

interface NamedModel {
  readonly model: string;
  readonly modelVersion?: string;
}

/** `scoreline retrain …`: wishes to train a model anew. */
export function addRetrainCommands(program: Command): void {
  const retrain = program
    .command('retrain')
    .description('Ask for a model to be trained anew, and see who has asked, when and why.');
  addDecisionFlags(
    retrain.command('request'),
    'the retraining requests',
    'Ask for a training by hand: on the topic retraining-requested; a cool-down does not hold you.',
  )
    .requiredOption(
      '--model <name>',
      'the model; <name>@<version> for another than the version that serves',
      parseModel,
    )
    .addOption(
      new Option(
        '--mode <mode>',
        "what it is: a suggestion waits for a person, an order is for a trainer (default: the policy's)",
      ).choices(['suggestion', 'order']),
    )
    .action((flags: RequestFlags) => runCommand(() => request(flags)));
  retrain
    .command('list')
    .description('Every request, the newest first.')
    .option('--model <name>', 'of this model only')
    .option('--json', 'print them as JSON', false)
    .action((flags: { model?: string; json: boolean }) => runCommand(() => list(flags)));
}

async function request({
  model,
  reason,
  actor,
  mode,
  json,
  expectRevision,
}: RequestFlags): Promise<CommandOutcome> {
  return withRetraining(async (tools) => {
    const before = latestRequest(tools.projection.state(), model.model);
    const result = await askByHand(tools, {
      ...model,
      reason,
      actor,
      mode,
      expectedRevision: expectRevision,
    });
    if (json)
      return { ok: result.ok, lines: [JSON.stringify(result.ok && result.changed ? result.event : result)] };
    const warning =
      result.ok && before !== undefined && before.cool_down_until > Date.now()
        ? [`! ${before.request_id} has asked for it before, and its cool-down is not over`]
        : [];
    return { ok: result.ok, lines: [...warning, ...describeResult(result)] };
  });
}

function describeResult(result: RetrainingResult): string[] {
  if (!result.ok) return [`✗ ${result.message} [${result.code}]`];
  if (!result.changed) return [`= ${result.message}`];
  const [head = '', ...more] = describeRequests([result.event]);
  return [`✓ ${head} (revision ${result.revision})`, ...more];
}

function list({ model, json }: { model?: string; json: boolean }): Promise<CommandOutcome> {
  return withRetraining(async ({ projection }) => {
    const all = [...projection.state().requests.values()].flat();
    const requests = all
      .filter((each) => model === undefined || each.model === model)
      .sort((a, b) => b.requested_at - a.requested_at);
    return { ok: true, lines: json ? [JSON.stringify(requests)] : describeRequests(requests) };
  });
}

function parseModel(text: string): NamedModel {
  const { model, modelVersion } =
    /^(?<model>[a-z0-9][a-z0-9-]*)(@(?<modelVersion>\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?))?$/.exec(text)?.groups ??
    {};
  if (model === undefined) throw new InvalidArgumentError('It reads <name> or <name>@<version>.');
  return { model, ...(modelVersion === undefined ? {} : { modelVersion }) };
}
