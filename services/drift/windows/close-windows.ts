import { closable } from '@scoreline/core/windows/dirty.ts';
import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { Mark } from '../ingest/marks.ts';
import type { Scope } from '../streams.ts';
import { adoptOrphans } from './adopt-orphans.ts';
import { closeRound, type RoundDeps } from './close-round.ts';
import { readDirtyWindows } from './marks-store.ts';
import { readWatermarks, type Watermarks } from './watermarks.ts';

/** What closes windows turn by turn. */
export interface CloseTurnDeps extends RoundDeps {
  /** Dirty windows read at once, of each scope; far more than its larger windows that are open. Default 10,000. */
  readonly mostOfScope?: number | undefined;
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
  /** Why nothing of some scopes could be closed; a window that fails by itself is none of these. */
  readonly failures: readonly unknown[];
}

/**
 * Computes dirty windows whose time has come and decides their alerts, for about two seconds. Only one instance may
 * do so at a time. Whatever is interrupted is done again from the marks, with the same outcome.
 */
export async function closeWindows(deps: CloseTurnDeps): Promise<Closed> {
  const startedAtMs = deps.nowMs();
  // First: a watermark that is read later knows of records whose base windows aren't in the list.
  const watermarks = await readWatermarks(deps.database, deps.nowMs());
  const dirty = await readDirtyWindows(deps.database, deps.mostOfScope ?? MOST_OF_SCOPE);
  deps.failing.keep(dirty);
  const turn: Turn = {
    windows: 0,
    tried: 0,
    mayGoOn: () => turn.tried === 0 || deps.nowMs() - startedAtMs <= TURN_BUDGET_MS,
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
  deps.events.windowsFailing(deps.failing.count());
  return { windows: turn.windows, isMore, failures };
}

interface Turn {
  windows: number;
  tried: number;
  readonly mayGoOn: () => boolean;
}

/** Whether more of the scope could be closed now. */
async function closeScope(
  deps: CloseTurnDeps,
  dirty: readonly Mark[],
  watermarks: Watermarks,
  turn: Turn,
): Promise<boolean> {
  const [first] = dirty;
  if (first === undefined || !turn.mayGoOn()) return true;
  const scope: Scope = { model: first.model, modelVersion: first.modelVersion, role: first.role };
  const { due, isCut } = await findDue(deps, scope, dirty, watermarks);
  const ready = deps.failing.ready(scope, due);
  for (let from = 0; from < ready.length; from += WINDOWS_AT_ONCE) {
    if (!turn.mayGoOn()) return true;
    const together = ready.slice(from, from + WINDOWS_AT_ONCE);
    turn.tried += together.length;
    const { closed, isOwner } = await closeRound(deps, scope, together, turn.mayGoOn);
    turn.windows += closed;
    if (!isOwner) return false;
  }
  return isCut && ready.length > 0;
}

/** The windows of a scope that may be closed now, in order; `isCut`: not all that are dirty were read. */
async function findDue(
  deps: CloseTurnDeps,
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

function scopeKey({ model, modelVersion, role }: Scope): string {
  return JSON.stringify([model, modelVersion, role]);
}
