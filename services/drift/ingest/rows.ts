import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { KafkaRecord } from '@scoreline/runtime/kafka/record.ts';
import type { PartRow } from './part.ts';

/** A row of `lead_scores`. */
export type ScoreRow = Omit<LeadScored, NullableFields | 'role' | 'reasons' | 'inputs' | 'source'> &
  Readonly<Record<NullableFields | 'role' | 'source_topic', string>> &
  Readonly<Record<'source_partition' | 'source_offset' | 'source_timestamp', number>> & {
    readonly reasons: readonly ReasonRow[];
    readonly input_numbers: readonly (number | null)[];
    readonly input_levels: readonly (string | null)[];
  };

type NullableFields = 'group_id' | 'run_id' | 'experiment_id' | 'fallback_from' | 'fallback_code';

/** An item of its `reasons`; a number that was the value is text. */
export interface ReasonRow {
  readonly feature: string;
  readonly value: string | null;
  readonly contribution: number;
}

/**
 * The record's fields with the source flattened and inputs parted by kind. Field by field: an object spread into
 * another costs more than all else that is done to a row.
 */
export function toScoreRow(score: LeadScored): ScoreRow {
  const { source } = score;
  const { numbers, levels } = partByKind(score.inputs);
  return {
    event_id: score.event_id,
    lead_id: score.lead_id,
    group_id: score.group_id ?? '',
    model: score.model,
    model_version: score.model_version,
    role: score.role,
    run_id: score.run_id ?? '',
    experiment_id: score.experiment_id ?? '',
    fallback_from: score.fallback_from ?? '',
    fallback_code: score.fallback_code ?? '',
    score: score.score,
    band: score.band,
    reasons: score.reasons.map(toReasonRow),
    input_numbers: numbers,
    input_levels: levels,
    bins: score.bins,
    event_time: score.event_time,
    scored_at: score.scored_at,
    inference_us: score.inference_us,
    source_topic: source.topic,
    source_partition: source.partition,
    source_offset: source.offset,
    source_timestamp: source.timestamp,
  };
}

/** Each at its feature's place, null where it is of the other kind. */
function partByKind(inputs: LeadScored['inputs']): {
  readonly numbers: readonly (number | null)[];
  readonly levels: readonly (string | null)[];
} {
  const numbers: (number | null)[] = [];
  const levels: (string | null)[] = [];
  for (const input of inputs) {
    numbers.push(typeof input === 'number' ? input : null);
    levels.push(typeof input === 'string' ? input : null);
  }
  return { numbers, levels };
}

function toReasonRow({ feature, value, contribution }: LeadScored['reasons'][number]): ReasonRow {
  return { feature, value: value === null ? null : String(value), contribution };
}

/** A row of `lead_outcomes`. */
export type OutcomeRow = Omit<LeadOutcome, 'event_id'> & { readonly event_id: string };

/** The record's fields, `''` for no event. */
export function toOutcomeRow(outcome: LeadOutcome): OutcomeRow {
  return { ...outcome, event_id: outcome.event_id ?? '' };
}

/** A row of `dead_letters_raw` from the headers that the scorer wrote; the value stays in the topic. */
export function toDeadLetterRow(topic: string, partition: number, record: KafkaRecord): PartRow {
  const header = (name: string): string => record.headers[name]?.toString() ?? '';
  const schemaId = header('dlq.schema.id');
  const [model = '', version = ''] = header('dlq.model').split('@');
  return {
    topic,
    partition,
    offset: record.offset,
    error_code: header('dlq.error.code') || 'unknown',
    error_message: header('dlq.error.message'),
    source_topic: header('dlq.source.topic'),
    source_partition: wholeNumber(header('dlq.source.partition'), MAX_UINT32),
    source_offset: wholeNumber(header('dlq.source.offset'), Number.MAX_SAFE_INTEGER),
    schema_id: schemaId === '' ? null : wholeNumber(schemaId, MAX_UINT32),
    role: header('dlq.role') || 'production',
    model,
    model_version: version,
    failed_at: failedAtMs(header('dlq.failed_at'), record.timestamp),
    value_bytes: record.value?.length ?? null,
  };
}

function failedAtMs(text: string, recordTimestampMs: number): number {
  const parsed = Date.parse(text);
  return [parsed, recordTimestampMs].find(isStorableTime) ?? FIRST_STORABLE_MS;
}

/** 0 where a foreign producer wrote something else, or more than `most`: the row must go in all the same. */
function wholeNumber(text: string, most: number): number {
  const number = /^\d{1,15}$/.test(text) ? Number(text) : 0;
  return number <= most ? number : 0;
}

const MAX_UINT32 = 2 ** 32 - 1;

const FIRST_STORABLE_MS = Date.UTC(1900, 0, 1);
const LAST_STORABLE_MS = Date.UTC(2299, 11, 31);

/** Whether ClickHouse's DateTime64 can hold the time; beyond, it would store another. */
function isStorableTime(timeMs: number): boolean {
  return timeMs >= FIRST_STORABLE_MS && timeMs <= LAST_STORABLE_MS;
}

/** Why a decoded score can't become a row, or undefined. Another producer than ours may write what it likes. */
export function scoreProblem(score: LeadScored): RowProblem | undefined {
  const times = [score.event_time, score.scored_at, score.source.timestamp];
  if (!times.every(isStorableTime)) return 'score.time_out_of_range';
  if (!numbersOf(score).every(Number.isFinite)) return 'score.not_finite';
  const { partition, offset } = score.source;
  if (partition < 0 || offset < 0 || !score.bins.every(isBin)) return 'score.negative_index';
  return (score.inference_us ?? 0) < 0 ? 'score.negative_time' : undefined;
}

/** What JSON would turn into null: ClickHouse would store that there is no number, or 0. */
function numbersOf({ score, inputs, reasons }: LeadScored): readonly number[] {
  const values = [...inputs, ...reasons.map(({ value }) => value)].filter(
    (value) => typeof value === 'number',
  );
  return [score, ...values, ...reasons.map(({ contribution }) => contribution)];
}

/** Why a decoded outcome can't become a row, or undefined. */
export function outcomeProblem({
  occurred_at,
  recorded_at,
  label,
  value,
}: LeadOutcome): RowProblem | undefined {
  if (!isStorableTime(occurred_at) || !isStorableTime(recorded_at)) return 'outcome.time_out_of_range';
  return Number.isFinite(label ?? 0) && Number.isFinite(value ?? 0) ? undefined : 'outcome.not_finite';
}

export type RowProblem =
  | 'score.time_out_of_range'
  | 'score.not_finite'
  | 'score.negative_index'
  | 'score.negative_time'
  | 'outcome.time_out_of_range'
  | 'outcome.not_finite';

function isBin(bin: number): boolean {
  return bin >= 0 && bin <= 65_535;
}
