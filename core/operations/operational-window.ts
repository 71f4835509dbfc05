import type { UsualLeads } from './usual-leads.ts';

/** What was seen of a model version in one wall-clock window. */
export interface OperationalWindow {
  /** Scores of this version. */
  readonly count: number;
  /** Scores of all versions that serve: what follows belongs to none, so it is measured against these. */
  readonly scored: number;
  /** Dead letters of the versions that serve, by their code. */
  readonly deadLetterCodes: Readonly<Record<string, number>>;
  /** Leads that a rollout's version could not score and production did. */
  readonly fallbacks: number;
  /** Scored events that claim to be from after Kafka got them. */
  readonly aheadOfRecord: number;
  /** From the lead event's Kafka timestamp to its score; null where nothing was scored. */
  readonly latencyP95Ms: number | null;
  /** Wall clock, of all time; null where there never was a score: a service that waits for its first isn't silent. */
  readonly lastScoreAtMs: number | null;
  /** When a lead event was last scored or given up, by whatever version; null: never. */
  readonly lastLeadAtMs: number | null;
  /** Leads that have come and have no score yet; null where it isn't known how many were read. */
  readonly leadsWaiting: number | null;
  /** What came at this hour of earlier weeks; null where nobody had to ask. */
  readonly usual: UsualLeads | null;
  /** Of the last day; null where there is no price, or nothing to divide by. */
  readonly costPerThousand: number | null;
  /** Scores behind it. */
  readonly costedScores: number;
  readonly lengthMs: number;
  /** The window's end. */
  readonly nowMs: number;
}

/** Dead letters of all codes. */
export function countDeadLetters({ deadLetterCodes }: Pick<OperationalWindow, 'deadLetterCodes'>): number {
  return Object.values(deadLetterCodes).reduce((sum, count) => sum + count, 0);
}
