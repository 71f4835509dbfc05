import type { RetrainingMode, TrainingWindow } from '@scoreline/core/contracts/retraining-requested.ts';
import { completeRetraining } from '@scoreline/core/policy/retraining-defaults.ts';
import { labelsNewSinceMs } from '@scoreline/core/retraining/labels.ts';
import { latestRequest } from '@scoreline/core/retraining/state.ts';
import type { NamedReason } from '@scoreline/core/retraining/strength.ts';
import { ClickHouseUnavailable } from '@scoreline/runtime/clickhouse/database.ts';
import { findPackage } from '@scoreline/runtime/model-package/find.ts';
import { loadPackage, type ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import { PackageRefused } from '@scoreline/runtime/model-package/refused.ts';
import { readTrainingWindow } from '@scoreline/runtime/retraining/labels.ts';
import type { RetrainingResult } from '@scoreline/runtime/retraining/retraining-log.ts';
import { readServedVersions } from '@scoreline/runtime/retraining/served-versions.ts';
import { CommandFailed } from '../registry/with-started.ts';
import type { RetrainingTools } from './with-retraining.ts';

/** What a person asks for. */
export interface Wish {
  readonly model: string;
  /** Undefined: the version that serves. */
  readonly modelVersion?: string | undefined;
  readonly reason: string;
  readonly actor: string;
  /** Undefined: as the model's policy has it. */
  readonly mode?: RetrainingMode | undefined;
  readonly expectedRevision?: number | undefined;
}

/** Writes a person's request and reads it back. Needs ClickHouse only where the version isn't named. */
export async function askByHand(tools: RetrainingTools, wish: Wish): Promise<RetrainingResult> {
  const { model, reason, actor, expectedRevision } = wish;
  const modelVersion = wish.modelVersion ?? (await findServedVersion(tools, model));
  const known = await tryPackage(tools.modelsDir, `${model}@${modelVersion}`);
  // The defaults where the package isn't here: the wish counts all the same.
  const policy = known?.policy.retraining ?? completeRetraining({}, []);
  return tools.commands.execute({
    model,
    modelVersion,
    mode: wish.mode ?? policy.mode,
    reasons: [toReason(reason)],
    requestedBy: actor,
    coolDownMs: policy.coolDownMs,
    trainingWindow: await tryTrainingWindow(tools, model, known),
    ...(expectedRevision === undefined ? {} : { expectedRevision }),
  });
}

function toReason(detail: string): NamedReason {
  const nothing = { value: null, threshold: null, sample_size: null, window_start: null, window_end: null };
  return { reason: 'manual', detail, query: null, ...nothing };
}

async function findServedVersion({ database }: RetrainingTools, model: string): Promise<string> {
  try {
    const served = await readServedVersions(database);
    const version = served.find((each) => each.model === model)?.modelVersion;
    if (version !== undefined) return version;
    throw new CommandFailed(
      `${model} has scored no lead in the last 30 days: name its version, --model ${model}@<version>`,
    );
  } catch (error) {
    if (!(error instanceof ClickHouseUnavailable)) throw error;
    throw new CommandFailed(`${error.message}: name the version, --model ${model}@<version>`);
  }
}

/** Undefined where the package isn't here, or isn't a good one. */
async function tryPackage(modelsDir: string, reference: string): Promise<ModelPackage | undefined> {
  const dir = findPackage(modelsDir, reference);
  try {
    return dir === undefined ? undefined : await loadPackage(dir);
  } catch (error) {
    if (error instanceof PackageRefused) return undefined;
    throw error;
  }
}

async function tryTrainingWindow(
  { database, projection }: RetrainingTools,
  model: string,
  known: ModelPackage | undefined,
): Promise<TrainingWindow | null> {
  const latest = latestRequest(projection.state(), model);
  const sinceMs = labelsNewSinceMs(known?.manifest.training.period?.to, latest);
  try {
    return await readTrainingWindow(database, model, sinceMs);
  } catch (error) {
    if (error instanceof ClickHouseUnavailable) return null;
    throw error;
  }
}
