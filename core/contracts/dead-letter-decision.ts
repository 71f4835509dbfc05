// Generated from schemas/dead-letter-decision.avsc by "npm run generate"; do not edit.
export type DeadLetterAction = 'replayed' | 'dropped';

/** What was decided about a dead letter. Topic dead-letter-decisions; key: '<partition>/<offset>' of the letter as UTF-8. The first decision about a letter stands. */
export interface DeadLetterDecision {
  /** Where the letter stands on lead-created.dlq. */
  readonly letter_partition: number;
  readonly letter_offset: number;
  /** replayed: the lead event was written to lead-created again, in the same transaction as this record. dropped: it is not to be scored. */
  readonly action: DeadLetterAction;
  /** The letter's dlq.error.code. */
  readonly error_code: string;
  /** Why, in a person's words. */
  readonly reason: string;
  /** Who decided. */
  readonly actor: string;
  readonly decided_at: number;
}
