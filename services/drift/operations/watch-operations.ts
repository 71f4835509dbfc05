import type { EvaluatedWindow } from '@scoreline/core/alerts/decide.ts';
import { lagSeconds } from '@scoreline/core/operations/lag.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { costOf } from '@scoreline/core/spending/cost.ts';
import { evaluateOperations } from '@scoreline/core/alerts/operations.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { type Window, windowAt } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { closeUnwatched } from '../alerts/close-unwatched.ts';
import { decideWindows } from '../alerts/decide-windows.ts';
import { type Decision, readAlertsStates, storeDecisions } from '../alerts/decisions.ts';
import type { VersionName } from '../ingest/marks.ts';
import type { ModelCatalog } from '../models.ts';
import { segmentOf } from '../streams.ts';
import { storeResults } from '../windows/results.ts';
import { measureVersion } from './measure-version.ts';
import { measureWindow } from './measure-window.ts';
import {
  type AskedBeside,
  type OperationRow,
  toOperationalWindow,
  type WallWindow,
  type WindowColumns,
} from './operation-row.ts';
import { readUsualLeads } from './read-usual-leads.ts';
import { readDayCost } from './spent.ts';
import { findServedVersion, findVersionsServing } from './versions.ts';

export interface OperationsDeps {
  readonly database: Database;
  readonly models: ModelCatalog;
  readonly events: OperationsEvents;
  /** Kafka's time up to which all scores have been read. */
  readonly readUntilMs: () => Promise<number>;
  /** Leads that have come and that production has yet to score. */
  readonly leadsWaiting: () => Promise<number>;
  /** Whether it is still this instance that decides; asked right before decisions are stored. */
  readonly isOwner: () => boolean;
}

/** A row, and the last day's cost of 1,000 scores; null where there is no price. */
export type MeasuredOperations = OperationRow & { readonly cost_per_thousand: number | null };

export interface OperationsEvents {
  operationsMeasured(row: MeasuredOperations, alerts: readonly ScoringAlert[]): void;
}

/** The soonest after its end that a window is measured: clocks differ. */
const SETTLE_MS = 5_000;
/** The latest, unless the next window is due before: scores that have not been read by then leave it without a verdict. */
const GIVE_UP_MS = 30_000;

/** Measures the service by wall-clock windows; `tick` often, it does its work once a window. */
export interface OperationsWatch {
  tick(nowMs: number): Promise<void>;
}

/**
 * For the window that has ended and settled, each version that served in it, or the last one that did:
 * 1. measure throughput, latencies, dead letters, silence, what waits and what it cost, and store the row;
 * 2. evaluate and store the results;
 * 3. decide and store the decisions. A repetition finds the window decided.
 * Then alerts are resolved of versions that no longer score, and those that the policy leaves out.
 * Windows that passed while no instance ran are not made up for.
 */
export function createOperationsWatch(deps: OperationsDeps): OperationsWatch {
  let last: WallWindow | undefined;
  return {
    async tick(nowMs) {
      if (last !== undefined && nowMs < last.endMs + (last.endMs - last.startMs) + SETTLE_MS) return;
      const served = await findServedVersion(deps.database, nowMs);
      if (served === undefined) return;
      await deps.models.learn([served]);
      const window = settledWindow(nowMs, deps.models.policyOf(served).operations.window);
      const caughtUp = (await deps.readUntilMs()) >= window.endMs;
      const patienceMs = Math.min(GIVE_UP_MS, window.endMs - window.startMs);
      if (!caughtUp && nowMs < window.endMs + patienceMs) return;
      const serving = await findVersionsServing(deps.database, window);
      await deps.models.learn(serving);
      const seen = await measureWindow(deps.database, window, await deps.leadsWaiting());
      for (const version of serving.length === 0 ? [served] : serving) {
        await watchVersion(deps, version, window, { seen, caughtUp, nowMs });
      }
      // Scores that have not been read may be those of a version that seems to have gone.
      if (caughtUp) await storeOwn(deps, await closeUnwatched({ ...deps, window, nowMs }));
      last = window;
    },
  };
}

function settledWindow(nowMs: number, size: Window['size']): WallWindow {
  const { startMs } = windowAt(nowMs - SETTLE_MS, size);
  const settled = windowAt(startMs - 1, size);
  return { size: size.text, startMs: settled.startMs, endMs: settled.endMs };
}

async function storeOwn(
  { database, isOwner }: OperationsDeps,
  decisions: readonly Decision[],
): Promise<void> {
  if (isOwner()) await storeDecisions(database, decisions);
}

interface Watched {
  readonly seen: WindowColumns;
  readonly caughtUp: boolean;
  readonly nowMs: number;
}

async function watchVersion(
  deps: OperationsDeps,
  version: VersionName,
  window: WallWindow,
  watched: Watched,
): Promise<void> {
  const { database, models, events } = deps;
  const policy = models.policyOf(version);
  const row = await measureRow(database, version, window, { ...watched, policy });
  // Before the first score there is nothing to watch.
  if (row.last_score_at === null) return;
  await database.insert('operation_windows_raw', [row]);

  const scope = { ...version, role: 'production' } as const;
  const beside = await askBeside(database, row, window, policy);
  const evaluated: EvaluatedWindow = {
    ...version,
    ...window,
    segment: segmentOf(scope.role),
    clock: 'wall',
    revision: 0,
    results: evaluateOperations(toOperationalWindow(row, beside), policy),
  };
  await storeResults(database, [{ ...evaluated, role: scope.role }]);

  const states = await readAlertsStates(database, scope, 'wall');
  const context = { scope, policy, reference: undefined, nowMs: watched.nowMs };
  const decisions = decideWindows([evaluated], states, context);
  await storeOwn(deps, decisions);
  events.operationsMeasured(
    { ...row, cost_per_thousand: beside.costPerThousand },
    decisions.flatMap(({ changes }) => changes),
  );
}

async function measureRow(
  database: Database,
  version: VersionName,
  window: WallWindow,
  { seen, caughtUp, policy }: Watched & { readonly policy: CompletePolicy },
): Promise<OperationRow> {
  const { cpu_seconds: cpuSeconds, memory_gib_seconds: memoryGibSeconds } = seen;
  const isPriced = policy.cost !== null && cpuSeconds !== null && memoryGibSeconds !== null;
  const handled = seen.scored + seen.dead_letters;
  return {
    model: version.model,
    model_version: version.modelVersion,
    window_size: window.size,
    window_start: window.startMs,
    window_end: window.endMs,
    ...(await measureVersion(database, version, window)),
    ...seen,
    lag_seconds:
      seen.leads_waiting === null || !caughtUp
        ? null
        : lagSeconds(
            seen.leads_waiting,
            handled,
            window.endMs - window.startMs,
            policy.operations.minimumSample,
          ),
    cost: isPriced ? costOf({ cpuSeconds, memoryGibSeconds }, policy.cost) : null,
    currency: policy.cost?.currency ?? '',
    caught_up: caughtUp ? 1 : 0,
  };
}

/** What earlier windows say: asked for only where it may decide something. */
async function askBeside(
  database: Database,
  row: OperationRow,
  window: WallWindow,
  { operations, cost }: CompletePolicy,
): Promise<AskedBeside> {
  const { silenceAfterMs } = operations;
  const isSilent = row.last_lead_at !== null && window.endMs - row.last_lead_at > silenceAfterMs;
  return {
    usual: isSilent ? await readUsualLeads(database, window, silenceAfterMs) : null,
    ...(cost === null ? { costPerThousand: null, costedScores: 0 } : await readDayCost(database, window)),
  };
}
