import type { LeadOutcome } from '@scoreline/core/contracts/lead-outcome.ts';
import type { Delay, OutcomeMap, ReplayMap, Source } from '@scoreline/core/contracts/replay-map.ts';
import { Misfit } from './convert-cell.ts';
import { durationMs } from './event-times.ts';
import { createFieldReader, type FieldReader, noColumn } from './read-event.ts';
import type { CsvRow } from './read-csv.ts';

/** Which lead and event an outcome is of. */
export interface OutcomeOf {
  readonly leadId: string;
  readonly eventId: string;
  readonly eventTimeMs: number;
}

/** A row's outcome; undefined where none is known; a text where the row's label is wrong. */
export type OutcomeReader = (
  row: CsvRow,
  cells: readonly string[],
  of: OutcomeOf,
) => LeadOutcome | string | undefined;

const NUMBER = { type: { kind: 'number', nullable: true } } as const;
const DEFAULT_RECORDED_AFTER = 'PT1H';

/** Fits a map's outcome to the file's columns; problems as texts, all at once. */
export function createOutcomeReader(
  outcome: OutcomeMap,
  map: ReplayMap,
  columns: readonly string[],
): OutcomeReader | readonly string[] {
  const index = columns.indexOf(outcome.column);
  const value = createNumberReader(outcome.value, map, columns);
  const label = createNumberReader(outcome.label, map, columns);
  const problems: string[] = [];
  if (map.event_time === undefined) problems.push('outcome needs event_time: from it the delay counts');
  if (index === -1) problems.push(`outcome ${noColumn(outcome.column)}`);
  for (const [name, reader] of Object.entries({ value, label }))
    if (typeof reader === 'string') problems.push(`outcome.${name} ${reader}`);
  if (problems.length > 0 || typeof value === 'string' || typeof label === 'string') return problems;

  const isPositive = createVerdict(outcome);
  const delay = createDelay(outcome.delay);
  const recordedAfter = createDelay(outcome.recorded_after ?? DEFAULT_RECORDED_AFTER);
  return (row, cells, { leadId, eventId, eventTimeMs }) => {
    const word = cells[index] ?? '';
    if (word === '') return undefined;
    const converted = isPositive(word);
    if (converted === undefined)
      return `outcome (column '${outcome.column}') is neither positive nor negative`;
    const numbers = { value: value(row, cells), label: label(row, cells) };
    if (!isNumbers(numbers)) return 'outcome.value or outcome.label is not a number';
    const occurredAt = eventTimeMs + delay(row.row);
    const recordedAt = occurredAt + recordedAfter(row.row);
    return {
      lead_id: leadId,
      event_id: eventId,
      converted,
      ...numbers,
      occurred_at: occurredAt,
      recorded_at: recordedAt,
    };
  };
}

function createNumberReader(
  source: Source | undefined,
  map: ReplayMap,
  columns: readonly string[],
): FieldReader | string {
  return source === undefined ? () => null : createFieldReader(source, NUMBER, columns, map.null_words);
}

function isNumbers(read: {
  value: unknown;
  label: unknown;
}): read is { value: number | null; label: number | null } {
  return !(read.value instanceof Misfit) && !(read.label instanceof Misfit);
}

function createVerdict({ positive, negative }: OutcomeMap): (word: string) => boolean | undefined {
  const yes = new Set(positive);
  const no = negative && new Set(negative);
  return (word) => (yes.has(word) ? true : no === undefined || no.has(word) ? false : undefined);
}

/** A row's delay in milliseconds: the same for the same seed and row, whatever was replayed before. */
function createDelay(delay: Delay): (row: number) => number {
  if (typeof delay === 'string') {
    const delayMs = durationMs(delay);
    return () => delayMs;
  }
  const [fromMs, toMs] = [durationMs(delay.from), durationMs(delay.to)];
  return (row) => Math.floor(fromMs + hashToUnit(delay.seed, row) * (toMs - fromMs));
}

/** [0, 1) from two integers, by MurmurHash3's finalizer. */
function hashToUnit(seed: number, row: number): number {
  let hash = (Math.imul(seed, 0x9e3779b1) ^ row) >>> 0;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}
