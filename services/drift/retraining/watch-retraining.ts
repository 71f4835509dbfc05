import { weighCoolDown } from '@scoreline/core/retraining/cool-down.ts';
import { labelsNewSinceMs } from '@scoreline/core/retraining/labels.ts';
import { listReasons } from '@scoreline/core/retraining/list-reasons.ts';
import { latestRequest, POLICY } from '@scoreline/core/retraining/state.ts';
import { readTrainingWindow } from '@scoreline/runtime/retraining/labels.ts';
import { readServedVersions, type ServedVersion } from '@scoreline/runtime/retraining/served-versions.ts';
import { announceRequests } from './announce-requests.ts';
import { readFacts } from './read-facts.ts';
import type { RetrainingDeps } from './retraining-deps.ts';

/**
 * One look at every model that serves:
 * 1. read the log to its end, so that a request that was written before a crash is known;
 * 2. read what speaks for training it anew, weigh it against the cool-down;
 * 3. write the request; the log takes one of two that are made at once;
 * 4. announce the newest requests, whoever made them, and withdraw what is over.
 */
export function createRetrainingTurn(deps: RetrainingDeps): () => Promise<'done'> {
  return async () => {
    if (!deps.isOwner()) return 'done';
    await deps.projection.untilCaughtUp();
    const served = await readServedVersions(deps.database);
    await deps.models.learn(served);
    for (const version of served) await consider(deps, version);
    await announceRequests(deps, served);
    return 'done';
  };
}

async function consider(deps: RetrainingDeps, version: ServedVersion): Promise<void> {
  const { database, models, projection, commands, nowMs, isOwner, events } = deps;
  const { model, modelVersion } = version;
  const policy = models.policyOf(version).retraining;
  const latest = latestRequest(projection.state(), model);
  const known = models.packageOf(version);
  const labelsSinceMs = labelsNewSinceMs(known?.manifest.training.period?.to, latest);
  const facts = await readFacts(database, version, { policy, known, labelsSinceMs });
  const now = nowMs();
  const reasons = listReasons(facts, {
    policy,
    nowMs: now,
    lastRequestedAtMs: latest?.requested_at ?? null,
  });
  const isHeld = weighCoolDown(projection.state(), model, { reasons, nowMs: now }).kind === 'held';
  if (reasons.length === 0 || isHeld || !isOwner()) return;
  const result = await commands.execute({
    model,
    modelVersion,
    mode: policy.mode,
    reasons,
    requestedBy: POLICY,
    coolDownMs: policy.coolDownMs,
    trainingWindow: await readTrainingWindow(database, model, labelsSinceMs),
  });
  if (!result.ok) {
    // Somebody else has asked at the same moment: the next turn sees it.
    if (result.code === 'conflict' || result.code === 'cool_down') return;
    throw new Error(`training ${model} anew could not be asked for: ${result.message}`);
  }
  if (result.changed) events.retrainingRequested(result.event);
}
