import type { OperationalWindow } from '@scoreline/core/operations/operational-window.ts';

/** A wall-clock window. */
export interface WallWindow {
  readonly size: string;
  readonly startMs: number;
  readonly endMs: number;
}

/** What was seen of one served version in one wall-clock window: a row of `operation_windows_raw`. */
export interface OperationRow extends VersionColumns, WindowColumns {
  readonly model: string;
  readonly model_version: string;
  readonly window_size: string;
  readonly window_start: number;
  readonly window_end: number;
  readonly caught_up: 0 | 1;
  readonly lag_seconds: number | null;
  readonly cost: number | null;
  readonly currency: string;
}

/** What is a version's own. */
export interface VersionColumns {
  readonly count: number;
  readonly latency_p50_ms: number | null;
  readonly latency_p95_ms: number | null;
  readonly latency_p99_ms: number | null;
  readonly end_to_end_p50_ms: number | null;
  readonly end_to_end_p95_ms: number | null;
  readonly end_to_end_p99_ms: number | null;
  readonly last_score_at: number | null;
}

/** What is the window's, whichever versions served in it. */
export interface WindowColumns {
  readonly scored: number;
  readonly dead_letters: number;
  readonly dead_letter_codes: Readonly<Record<string, number>>;
  readonly fallbacks: number;
  readonly ahead_of_record: number;
  readonly leads_waiting: number | null;
  readonly last_lead_at: number | null;
  readonly cpu_seconds: number | null;
  readonly memory_gib_seconds: number | null;
  readonly instances_away: number;
}

/** What is found out beside the row, for the rules. */
export type AskedBeside = Pick<OperationalWindow, 'usual' | 'costPerThousand' | 'costedScores'>;

/** The row as the rules take it. Before drift has read everything nothing is known, silence least of all. */
export function toOperationalWindow(row: OperationRow, beside: AskedBeside): OperationalWindow {
  const known = row.caught_up === 1;
  return {
    ...beside,
    count: known ? row.count : 0,
    scored: known ? row.scored : 0,
    deadLetterCodes: known ? row.dead_letter_codes : {},
    fallbacks: known ? row.fallbacks : 0,
    aheadOfRecord: known ? row.ahead_of_record : 0,
    latencyP95Ms: row.latency_p95_ms,
    lastScoreAtMs: known ? row.last_score_at : null,
    lastLeadAtMs: known ? row.last_lead_at : null,
    leadsWaiting: known ? row.leads_waiting : null,
    lengthMs: row.window_end - row.window_start,
    nowMs: row.window_end,
  };
}
