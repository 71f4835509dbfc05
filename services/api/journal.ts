import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import type { RegistryProjection } from '@scoreline/runtime/registry/projection.ts';
import type { Verdict } from '@scoreline/runtime/decision-log/verdict.ts';

/** The newest records of model-registry, those that don't count included. */
export interface Journal {
  /** Newest first. */
  list(limit: number): readonly JournalEntry[];
}

/** One record and what became of it; ClickHouse's `model_events` has them all. */
export interface JournalEntry {
  readonly offset: number;
  readonly published_at: string;
  readonly accepted: boolean;
  /** The registry's revision after it. */
  readonly revision: number;
  readonly ignored: { readonly code: string; readonly reason: string } | null;
  /** Null where the record can't be read. */
  readonly event: ModelEvent | null;
}

/** More than a page of any console; older ones are in ClickHouse. */
export const MAX_JOURNAL_ENTRIES = 1_000;

/** Keeps a journal of what a projection reads; to be created before the projection starts. */
export function createJournal(projection: Pick<RegistryProjection, 'onVerdict'>): Journal {
  const entries: JournalEntry[] = [];
  projection.onVerdict((verdict) => {
    entries.push(toEntry(verdict));
    if (entries.length > MAX_JOURNAL_ENTRIES) entries.shift();
  });
  return { list: (limit) => entries.slice(-limit).reverse() };
}

function toEntry({ offset, timestampMs, event, revision, ignored }: Verdict<ModelEvent>): JournalEntry {
  return {
    offset,
    published_at: new Date(timestampMs).toISOString(),
    accepted: ignored === undefined,
    revision,
    ignored: ignored ?? null,
    event,
  };
}
