import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import type { Scope } from '../streams.ts';
import { type CloseDeps, closeTogether } from './close-together.ts';
import type { FailingWindows } from './failing-windows.ts';

/** What a round closes with, and what it leaves for later turns. */
export interface RoundDeps extends CloseDeps {
  readonly failing: FailingWindows;
}

/** How a round came out; `isOwner` is false where another instance has taken over. */
export interface Round {
  readonly closed: number;
  readonly isOwner: boolean;
}

/**
 * Closes windows together or, where that fails, one by one: what can't be closed is told, waits, and holds up no other
 * but those that it is part of. Once one has failed, `mayGoOn` says whether the next is tried in this turn. Throws
 * where ClickHouse answers nothing at all: then it is no window's fault.
 */
export async function closeRound(
  deps: RoundDeps,
  scope: Scope,
  windows: readonly Window[],
  mayGoOn: () => boolean,
): Promise<Round> {
  try {
    const isOwner = await closeTogether(deps, scope, windows);
    return { closed: isOwner ? windows.length : 0, isOwner };
  } catch (error) {
    await passOn(deps.database, error);
    const [first] = windows;
    if (first !== undefined && windows.length === 1) {
      deps.events.windowFailed(deps.failing.failed(scope, first), error);
      return { closed: 0, isOwner: true };
    }
  }
  let closed = 0;
  for (const window of windows) {
    if (deps.failing.ready(scope, [window]).length === 0) continue;
    const alone = await closeRound(deps, scope, [window], mayGoOn);
    closed += alone.closed;
    if (!alone.isOwner) return { closed, isOwner: false };
    if (alone.closed === 0 && !mayGoOn()) break;
  }
  return { closed, isOwner: true };
}

/** Throws the error where the database doesn't answer. */
async function passOn(database: Database, error: unknown): Promise<void> {
  await database.query('SELECT 1').catch(() => {
    throw error;
  });
}
