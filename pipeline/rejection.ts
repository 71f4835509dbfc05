import type { FeatureProblemCode } from '@scoreline/core/features/problem.ts';
import type { ScoreProblem } from '@scoreline/core/scoring/score-problem.ts';
import type { UnreadableCode } from '@scoreline/runtime/avro/wire-format.ts';
import type { KafkaRecord } from '@scoreline/runtime/kafka/record.ts';

/** Why a lead can't be scored: the dead letter's `dlq.error.code`. The table in docs/dead-letters.md explains each. */
export type RejectionCode =
  UnreadableCode | FeatureProblemCode | ScoreProblem['code'] | 'value.not_a_record' | 'score.too_large';

/** A record that becomes a dead letter. */
export interface Rejection {
  readonly record: KafkaRecord;
  readonly code: RejectionCode;
  /** Says what and where, never the lead's data. */
  readonly message: string;
  readonly schemaId?: number;
}
