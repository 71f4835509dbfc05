import type { EvaluatedWindow } from '@scoreline/core/alerts/decide.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import type { CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { closable } from '@scoreline/core/windows/dirty.ts';
import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { decideWindows } from '../alerts/decide-windows.ts';
import { readAlertsStates, storeDecisions } from '../alerts/decisions.ts';
import type { Mark } from '../ingest/marks.ts';
import type { ModelCatalog } from '../models.ts';
import type { Scope } from '../streams.ts';
import { adoptOrphans } from './adopt-orphans.ts';
import { type ComputedWindow, computeWindows } from './compute-windows.ts';
import { gatherWindows } from './gather-windows.ts';
import { evaluateWindows, withoutReference } from './evaluate-windows.ts';
import { markFollowers } from './mark-followers.ts';
import { markDone, readDirtyWindows } from './marks-store.ts';
import { computePairWindows } from './pair-windows.ts';
import { storeResults, type WindowResults } from './results.ts';
import { readWatermarks, type Watermarks } from './watermarks.ts';

export interface CloseDeps {
  readonly database: Database;
  readonly models: ModelCatalog;
  readonly events: CloseEvents;
  readonly nowMs: () => number;
  /** Whether it is still this instance that decides; asked again right before decisions are stored. */
  readonly isOwner: () => boolean;
  /** Dirty windows read at once, of each scope; far more than its larger windows that are open. Default 10,000. */
  readonly mostOfScope?: number | undefined;
}

export interface CloseEvents {
  windowsClosed(fact: WindowsClosed): void;
  windowsExpired(scope: Scope, windows: readonly Window[]): void;
  withoutReference(scope: Scope, windows: number): void;
  /** Production scored leads and the candidate none of them. */
  candidateSilent(scope: Scope, window: EvaluatedWindow): void;
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

/** Windows computed and decided together: one round of statements for all of them. */
const WINDOWS_AT_ONCE = 64;
/** A turn ends after the round that reaches this: alerts are to be published, and a stop isn't to wait. */
const TURN_BUDGET_MS = 2_000;

/**
 * Dirty windows read at once, of each scope. A larger window starts before the base windows inside it, so where there
 * are more, only those that end before the last one read are closed: nothing inside them is missing.
 */
const MOST_OF_SCOPE = 10_000;

/** What a turn did; `isMore`: its time was up, or more was dirty than is read at once. */
export interface Closed {
  readonly windows: number;
  readonly isMore: boolean;
  /** Why windows of some scopes couldn't be closed; they stay dirty, and later ones of their scope wait for them. */
  readonly failures: readonly unknown[];
}

/**
 * Computes dirty windows whose time has come and decides their alerts, for about two seconds. Only one instance may
 * do so at a time. Whatever is interrupted is done again from the marks, with the same outcome.
 */
export async function closeWindows(deps: CloseDeps): Promise<Closed> {
  const startedAtMs = deps.nowMs();
  // First: a watermark that is read later knows of records whose base windows aren't in the list.
  const watermarks = await readWatermarks(deps.database, deps.nowMs());
  const dirty = await readDirtyWindows(deps.database, deps.mostOfScope ?? MOST_OF_SCOPE);
  if (dirty.length === 0) return { windows: 0, isMore: false, failures: [] };
  const turn: Turn = {
    windows: 0,
    mayGoOn: () => turn.windows === 0 || deps.nowMs() - startedAtMs <= TURN_BUDGET_MS,
  };
  const failures: unknown[] = [];
  let isMore = false;
  for (const ofScope of Map.groupBy(dirty, scopeKey).values()) {
    try {
      isMore = (await closeScope(deps, ofScope, watermarks, turn)) || isMore;
    } catch (error) {
      failures.push(error);
    }
  }
  return { windows: turn.windows, isMore, failures };
}

interface Turn {
  windows: number;
  readonly mayGoOn: () => boolean;
}

/** Whether more of the scope could be closed now. */
async function closeScope(
  deps: CloseDeps,
  dirty: readonly Mark[],
  watermarks: Watermarks,
  turn: Turn,
): Promise<boolean> {
  const [first] = dirty;
  if (first === undefined || !turn.mayGoOn()) return true;
  const scope: Scope = { model: first.model, modelVersion: first.modelVersion, role: first.role };
  const { due, isCut } = await findDue(deps, scope, dirty, watermarks);
  for (let from = 0; from < due.length; from += WINDOWS_AT_ONCE) {
    if (!turn.mayGoOn()) return true;
    const together = due.slice(from, from + WINDOWS_AT_ONCE);
    if (!(await closeTogether(deps, scope, together))) return false;
    turn.windows += together.length;
  }
  return isCut && due.length > 0;
}

/** The windows of a scope that may be closed now, in order; `isCut`: not all that are dirty were read. */
async function findDue(
  deps: CloseDeps,
  scope: Scope,
  dirty: readonly Mark[],
  watermarks: Watermarks,
): Promise<{ readonly due: readonly Window[]; readonly isCut: boolean }> {
  await deps.models.learn([scope]);
  const policy = deps.models.policyOf(scope);
  const watermarkMs = watermarks.of(scope.role, policy.windows.idleAfterMs);
  deps.events.watermarkMoved(scope.role, watermarkMs);
  const windows = await adoptOrphans(deps.database, scope, dirty, { policy, nowMs: deps.nowMs() });
  const isCut = dirty.length >= (deps.mostOfScope ?? MOST_OF_SCOPE);
  const knownUntilMs = isCut ? (dirty.at(-1)?.startMs ?? -Infinity) : Infinity;
  const whole = windows.filter(({ endMs }) => endMs <= knownUntilMs);
  return { due: closable(whole, watermarkMs, policy.windows.allowedLatenessMs).closable, isCut };
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
async function closeTogether(deps: CloseDeps, scope: Scope, asked: readonly Window[]): Promise<boolean> {
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
  const wanted = windows.filter((window) => isWanted(window, policy));
  const pairs = await computePairWindows(deps.database, scope, wanted, policy);
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

function scopeKey({ model, modelVersion, role }: Scope): string {
  return JSON.stringify([model, modelVersion, role]);
}
