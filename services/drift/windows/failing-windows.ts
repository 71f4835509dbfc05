import type { Window } from '@scoreline/core/windows/tumbling.ts';
import type { Mark } from '../ingest/marks.ts';
import type { Scope } from '../streams.ts';

const FIRST_PAUSE_MS = 5_000;
const LONGEST_PAUSE_MS = 600_000;

/** A window that could not be closed though ClickHouse answers. */
export interface FailedWindow {
  readonly scope: Scope;
  readonly window: Window;
  /** How often it has been tried. */
  readonly attempts: number;
  readonly retryInMs: number;
}

/** Windows that can't be closed, remembered from turn to turn so that the others go on. Lost with the process: then they are tried anew. */
export interface FailingWindows {
  /** It is tried again after 5 s, 10 s, … ten minutes. */
  failed(scope: Scope, window: Window): FailedWindow;
  /** Those that needn't wait: for a pause of their own, or for a window inside of them, which they would lack. */
  ready(scope: Scope, windows: readonly Window[]): readonly Window[];
  /** Forgets those that aren't dirty any more: they have been closed. */
  keep(dirty: readonly Mark[]): void;
  count(): number;
}

interface Failing extends Pick<FailedWindow, 'scope' | 'window' | 'attempts'> {
  readonly retryAtMs: number;
}

/** None fails at first. */
export function createFailingWindows(nowMs: () => number): FailingWindows {
  const failing = new Map<string, Failing>();
  return {
    failed(scope, window) {
      const key = keyOf(scope, window.size.text, window.startMs);
      const attempts = (failing.get(key)?.attempts ?? 0) + 1;
      const retryInMs = Math.min(FIRST_PAUSE_MS * 2 ** (attempts - 1), LONGEST_PAUSE_MS);
      failing.set(key, { scope, window, attempts, retryAtMs: nowMs() + retryInMs });
      return { scope, window, attempts, retryInMs };
    },
    ready(scope, windows) {
      const now = nowMs();
      const waiting = [...failing.values()].filter(
        (other) => other.retryAtMs > now && scopeKey(other.scope) === scopeKey(scope),
      );
      return windows.filter((window) => !waiting.some((other) => holds(window, other.window)));
    },
    keep(dirty) {
      const keys = new Set(dirty.map((mark) => keyOf(mark, mark.size, mark.startMs)));
      for (const key of failing.keys()) if (!keys.has(key)) failing.delete(key);
    },
    count: () => failing.size,
  };
}

function keyOf(scope: Scope, size: string, startMs: number): string {
  return `${scopeKey(scope)} ${size} ${startMs}`;
}

function scopeKey({ model, modelVersion, role }: Scope): string {
  return JSON.stringify([model, modelVersion, role]);
}

/** Whether the other is this window or lies inside of it. */
function holds(window: Window, other: Window): boolean {
  const isSame = window.size.text === other.size.text && window.startMs === other.startMs;
  const isLonger = window.endMs - window.startMs > other.endMs - other.startMs;
  return isSame || (isLonger && other.startMs >= window.startMs && other.endMs <= window.endMs);
}
