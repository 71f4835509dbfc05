import { userInfo } from 'node:os';
import { ArtifactError } from '@scoreline/runtime/artifacts/artifact-error.ts';
import { MlflowError } from '@scoreline/runtime/mlflow/client.ts';
import { importFromMlflow, type ImportOutcome } from '@scoreline/runtime/mlflow/import-package.ts';
import { type AliasChange, syncAliases } from '@scoreline/runtime/mlflow/sync-aliases.ts';
import { PackageRefused } from '@scoreline/runtime/model-package/refused.ts';
import type { Command } from 'commander';
import { openMlflow, openMlflowClient } from '../mlflow/open-mlflow.ts';
import { withLifecycle } from '../registry/with-lifecycle.ts';
import { CommandFailed } from '../registry/with-started.ts';
import { formatOutcome } from './format-registry.ts';
import type { CommandOutcome } from './model-validate.ts';
import { runCommand } from './run-command.ts';

interface MlflowFlags {
  readonly trackingUri?: string;
  readonly json: boolean;
}

interface ImportFlags extends MlflowFlags {
  readonly push: boolean;
  readonly reason?: string;
  readonly actor: string;
}

const TRACKING = ['--tracking-uri <url>', "MLflow's tracking server; default: MLFLOW_TRACKING_URI"] as const;

/** `scoreline model import` and `sync-aliases`: MLflow's models come in, our decisions show there. */
export function addMlflowCommands(model: Command): void {
  model
    .command('import')
    .description("Bring a registered model of MLflow into the models' folder, with every check of a service.")
    .argument('<uri>', 'mlflow:/NAME/ALIAS or mlflow:/NAME/VERSION')
    .option(...TRACKING)
    .option('--push', 'also push it: into the store, and registered', false)
    .option('--reason <text>', 'why it is pushed; default: where it comes from')
    .option('--actor <name>', 'who pushes it', userInfo().username)
    .option('--json', 'print the outcome as JSON', false)
    .action((uri: string, flags: ImportFlags) => runCommand(() => tellOutage(() => importModel(uri, flags))));
  model
    .command('sync-aliases')
    .description("Point champion and challenger of a registered model in MLflow where this registry's do.")
    .argument('<name>', "the registered model's name in MLflow")
    .option(...TRACKING)
    .option('--json', 'print the changes as JSON', false)
    .action((name: string, flags: MlflowFlags) => runCommand(() => tellOutage(() => syncModel(name, flags))));
}

async function importModel(uri: string, flags: ImportFlags): Promise<CommandOutcome> {
  const outcome = await importFromMlflow(openMlflow(flags.trackingUri), uri, new AbortController().signal);
  if (!flags.push || !outcome.ok) return { ok: outcome.ok, lines: describeImport(outcome, flags) };
  const reason =
    flags.reason ?? `imported from ${uri} (MLflow's ${outcome.from.name} ${outcome.from.version})`;
  const { dir } = outcome;
  const pushed = await withLifecycle((lifecycle) => lifecycle.push({ dir }, { reason, actor: flags.actor }));
  const imported = flags.json ? [] : describeImport(outcome, flags);
  return { ok: pushed.ok, lines: [...imported, ...formatOutcome(pushed, flags.json)] };
}

function describeImport(outcome: ImportOutcome, { json, push }: ImportFlags): string[] {
  if (json) return [JSON.stringify(outcome.ok ? { ...outcome, from: outcome.from.version } : outcome)];
  if (!outcome.ok) return [`✗ ${outcome.message} [${outcome.code}]`];
  const { ref, dir, already, from } = outcome;
  const what = already ? '= is here already' : '✓ imported';
  const next = push ? [] : [`  next: scoreline model push ${dir} --reason …`];
  return [`${what}: ${ref} from MLflow's ${from.name} ${from.version}, in ${dir}`, ...next];
}

async function syncModel(name: string, { trackingUri, json }: MlflowFlags): Promise<CommandOutcome> {
  const { aliases } = await withLifecycle((lifecycle) => lifecycle.state());
  const changes = await syncAliases(openMlflowClient(trackingUri), name, aliases);
  if (changes === undefined) return { ok: false, lines: [`✗ MLflow has no registered model '${name}'`] };
  if (json) return { ok: true, lines: [JSON.stringify(changes)] };
  if (changes.length === 0)
    return { ok: true, lines: [`= champion and challenger of ${name} point there already`] };
  return { ok: true, lines: changes.map((change) => `✓ ${name}: ${describeChange(change)}`) };
}

function describeChange({ alias, version, ref }: AliasChange): string {
  if (version !== undefined) return `${alias} → version ${version} (${ref})`;
  const why = ref === undefined ? 'the registry has none' : `${ref} didn't come from there`;
  return `${alias} is taken away: ${why}`;
}

/** What a person can do something about is told as it is, without a stack. */
async function tellOutage(work: () => Promise<CommandOutcome>): Promise<CommandOutcome> {
  try {
    return await work();
  } catch (error) {
    const isTold =
      error instanceof ArtifactError || error instanceof MlflowError || error instanceof PackageRefused;
    throw isTold ? new CommandFailed(error.message) : error;
  }
}
