import type { EvaluatedWindow } from '@scoreline/core/alerts/decide.ts';
import { evaluateOperations } from '@scoreline/core/alerts/operations.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { type Window, windowAt } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { closeRetired } from '../alerts/close-retired.ts';
import { decideWindows } from '../alerts/decide-windows.ts';
import { type Decision, readAlertsStates, storeDecisions } from '../alerts/decisions.ts';
import type { VersionName } from '../ingest/marks.ts';
import type { ModelCatalog } from '../models.ts';
import { segmentOf } from '../streams.ts';
import { storeResults } from '../windows/results.ts';
import {
  countScored,
  findServedVersion,
  findVersionsServing,
  measureOperations,
  type OperationRow,
  toOperationalWindow,
  type WallWindow,
} from './operation-windows.ts';

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

export interface OperationsEvents {
  operationsMeasured(row: OperationRow, alerts: readonly ScoringAlert[]): void;
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
 * 1. measure throughput, latencies, dead letters, silence, and store the row;
 * 2. evaluate and store the results;
 * 3. decide and store the decisions. A repetition finds the window decided.
 * Then alerts of versions that no longer score are resolved.
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
      for (const version of serving.length === 0 ? [served] : serving) {
        await watchVersion(deps, version, window, { caughtUp, nowMs });
      }
      // Scores that have not been read may be those of a version that seems to have gone.
      if (caughtUp) await storeOwn(deps, await closeRetired(deps.database, serving, nowMs));
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

async function watchVersion(
  deps: OperationsDeps,
  version: VersionName,
  window: WallWindow,
  { caughtUp, nowMs }: { readonly caughtUp: boolean; readonly nowMs: number },
): Promise<void> {
  const { database, models, events } = deps;
  const row = await measureOperations(database, version, window, caughtUp);
  // Before the first score there is nothing to watch.
  if (row.last_score_at === null) return;
  await database.insert('operation_windows_raw', [row]);

  const scored = await countScored(database, window);
  // A canary that has all leads leaves production silent, and nobody waits.
  const leadsWaiting = scored === 0 ? await deps.leadsWaiting() : 0;
  const scope = { ...version, role: 'production' } as const;
  const policy = models.policyOf(version);
  const evaluated: EvaluatedWindow = {
    ...version,
    ...window,
    segment: segmentOf(scope.role),
    clock: 'wall',
    revision: 0,
    results: evaluateOperations(toOperationalWindow(row, { scored, leadsWaiting }), policy),
  };
  await storeResults(database, [{ ...evaluated, role: scope.role }]);

  const states = await readAlertsStates(database, scope, 'wall');
  const decisions = decideWindows([evaluated], states, { scope, policy, reference: undefined, nowMs });
  await storeOwn(deps, decisions);
  events.operationsMeasured(
    row,
    decisions.flatMap(({ changes }) => changes),
  );
}
