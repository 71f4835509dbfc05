import type { RetrainingRequested } from '@scoreline/core/contracts/retraining-requested.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { toRequestAlert } from '@scoreline/core/retraining/request-alert.ts';
import { latestRequest, type RetrainingState } from '@scoreline/core/retraining/state.ts';
import { text } from '@scoreline/runtime/clickhouse/literals.ts';
import type { ServedVersion } from '@scoreline/runtime/retraining/served-versions.ts';
import { announce, readOpen, isAnnounced, withdraw } from '../announcements/announcements.ts';
import type { RetrainingDeps } from './retraining-deps.ts';

type AnnounceDeps = Pick<RetrainingDeps, 'database' | 'models' | 'projection' | 'nowMs' | 'isOwner'>;

/**
 * Makes the alerts of requests what the log says: the newest request of each model fires until its cool-down is over,
 * another one follows, or another version serves. What is over is withdrawn first.
 */
export async function announceRequests(deps: AnnounceDeps, served: readonly ServedVersion[]): Promise<void> {
  const { database, projection, nowMs, isOwner } = deps;
  if (!isOwner()) return;
  const state = projection.state();
  const now = nowMs();
  for (const alert of await readOpen(database, 'retraining')) {
    const message = whyOver(alert, { state, served, nowMs: now });
    if (message !== undefined) await withdraw(database, alert, { message, nowMs: now });
  }
  for (const requests of state.requests.values()) {
    const request = requests.at(-1);
    if (request === undefined || now >= request.cool_down_until) continue;
    const alert = toAlert(deps, request);
    if (!(await isAnnounced(database, alert))) await announce(database, alert);
  }
}

function toAlert({ models }: AnnounceDeps, request: RetrainingRequested): Omit<ScoringAlert, 'state'> {
  const { model, model_version: modelVersion, request_id: id } = request;
  return toRequestAlert(request, {
    query: `SELECT count() AS value FROM retraining_requests WHERE request_id = ${text(id)} AND accepted`,
    runbookUrl: models.policyOf({ model, modelVersion }).alerts.runbookUrl,
  });
}

function whyOver(
  { model, model_version: version, episode_started_at: requestedAtMs }: ScoringAlert,
  now: {
    readonly state: RetrainingState;
    readonly served: readonly ServedVersion[];
    readonly nowMs: number;
  },
): string | undefined {
  const latest = latestRequest(now.state, model);
  if (latest === undefined || latest.requested_at > requestedAtMs)
    return `${model}: another request has followed.`;
  const serving = now.served.find((each) => each.model === model)?.modelVersion ?? version;
  if (serving !== version) return `${model}: ${serving} serves now, the wish was about ${version}.`;
  return now.nowMs >= latest.cool_down_until ? `${model}: the cool-down of the wish is over.` : undefined;
}
