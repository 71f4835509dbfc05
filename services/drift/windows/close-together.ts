import type { EvaluatedWindow } from '@scoreline/core/alerts/decide.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { decideWindows } from '../alerts/decide-windows.ts';
import { readAlertsStates, storeDecisions } from '../alerts/decisions.ts';
import type { ModelCatalog } from '../models.ts';
import type { Scope } from '../streams.ts';
import { type ComputedWindow, computeWindows } from './compute-windows.ts';
import { evaluateWindows, withoutReference } from './evaluate-windows.ts';
import type { FailedWindow } from './failing-windows.ts';
import { gatherWindows } from './gather-windows.ts';
import { markFollowers } from './mark-followers.ts';
import { markDone } from './marks-store.ts';
import { computePairWindows } from './pairs/pair-windows.ts';
import { storeResults, type WindowResults } from './results.ts';

export interface CloseDeps {
  readonly database: Database;
  readonly models: ModelCatalog;
  readonly events: CloseEvents;
  readonly nowMs: () => number;
  /** Whether it is still this instance that decides; asked again right before decisions are stored. */
  readonly isOwner: () => boolean;
  /** Of more pairs in a window ranks are told of so many; default 4,096. */
  readonly mostSampledPairs?: number | undefined;
}

export interface CloseEvents {
  windowsClosed(fact: WindowsClosed): void;
  windowsExpired(scope: Scope, windows: readonly Window[]): void;
  withoutReference(scope: Scope, windows: number): void;
  /** Production scored leads and the candidate none of them. */
  candidateSilent(scope: Scope, window: EvaluatedWindow): void;
  /** ClickHouse answers, and this window can't be closed; the others go on. */
  windowFailed(failed: FailedWindow, error: unknown): void;
  /** How many windows can't be closed now. */
  windowsFailing(count: number): void;
  watermarkMoved(role: Scope['role'], watermarkMs: number): void;
}

export interface WindowsClosed {
  readonly scope: Scope;
  readonly windows: number;
  /** Of these, windows that had closed before: their events came too late. */
  readonly reopened: number;
  readonly alerts: readonly ScoringAlert[];
  readonly durationMs: number;
}

/**
 * 1. gather: the windows' marks, and the base windows that became dirty inside of larger ones meanwhile;
 * 2. compute: histograms in ClickHouse, as their next revision if they hold more rows than before;
 * 3. evaluate against the reference, store the results; late rows change what later windows were compared with, so
 *    these are marked;
 * 4. decide each window once, in order, and store the decisions with their changes (published from there);
 * 5. mark as done: only the marks that were read in step 1.
 * False where another instance has taken over: that one decides.
 */
export async function closeTogether(
  deps: CloseDeps,
  scope: Scope,
  asked: readonly Window[],
): Promise<boolean> {
  const startedAtMs = deps.nowMs();
  const { base } = deps.models.policyOf(scope).windows;
  const { windows, marks } = await gatherWindows(deps.database, scope, asked, base);
  const { evaluated, stored, revised } =
    scope.role === 'pairs'
      ? await comparePairs(deps, scope, windows)
      : await compareWithReference(deps, scope, windows);
  await storeResults(deps.database, stored);
  await markFollowers(deps.database, scope, revised, deps.models.policyOf(scope));
  const decisions = decideWindows(evaluated, await readAlertsStates(deps.database, scope, 'event'), {
    scope,
    policy: deps.models.policyOf(scope),
    reference: deps.models.packageOf(scope)?.reference,
    nowMs: deps.nowMs(),
  });
  if (!deps.isOwner()) return false;
  await storeDecisions(deps.database, decisions);
  await markDone(deps.database, marks);
  deps.events.windowsClosed({
    scope,
    windows: windows.length,
    reopened: stored.filter(({ revision }) => revision > 0).length,
    alerts: decisions.flatMap(({ changes }) => changes),
    durationMs: deps.nowMs() - startedAtMs,
  });
  return true;
}

interface Compared {
  readonly evaluated: readonly EvaluatedWindow[];
  readonly stored: readonly WindowResults[];
  /** Windows that had closed before and hold more rows now. */
  readonly revised: readonly ComputedWindow[];
}

async function compareWithReference(
  deps: CloseDeps,
  scope: Scope,
  windows: readonly Window[],
): Promise<Compared> {
  const { database, models, events } = deps;
  const policy = models.policyOf(scope);
  const known = models.packageOf(scope);
  const { computed, expired } = await computeWindows(database, scope, windows, { policy, known });
  if (expired.length > 0) events.windowsExpired(scope, expired);
  const wanted = computed.filter((window) => isWanted(window, policy));
  if (known === undefined) {
    events.withoutReference(scope, wanted.length);
    return { evaluated: [], stored: withoutReference(scope, wanted), revised: [] };
  }
  const evaluated = await evaluateWindows(database, scope, wanted, known);
  const stored = evaluated.map((window) => ({ ...window, role: scope.role }));
  const revised = computed.filter(({ revision }) => revision > 0);
  return { evaluated: scope.role === 'shadow' ? [] : evaluated, stored, revised };
}

async function comparePairs(deps: CloseDeps, scope: Scope, windows: readonly Window[]): Promise<Compared> {
  const policy = deps.models.policyOf(scope);
  const computed = await computePairWindows(deps.database, scope, windows, {
    policy,
    mostSampled: deps.mostSampledPairs,
  });
  const sizes = new Set(policy.windows.sizes.map(({ text }) => text));
  const pairs = computed.filter(({ evaluated }) => sizes.has(evaluated.size));
  for (const { evaluated, coverage } of pairs) {
    if (coverage === 0) deps.events.candidateSilent(scope, evaluated);
  }
  const stored = pairs.map((pair) => pair.stored);
  return { evaluated: pairs.map(({ evaluated }) => evaluated), stored, revised: [] };
}

/** The base is computed for the others' sake even where it isn't among the sizes that get results. */
function isWanted(window: Window, policy: CompletePolicy): boolean {
  return policy.windows.sizes.some(({ text }) => text === window.size.text);
}
