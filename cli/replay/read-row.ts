import type { PublishedRecord } from '@scoreline/runtime/kafka/publish.ts';
import { NotOfSchema } from '@scoreline/runtime/avro/codec.ts';
import type { ReplayPlan } from './plan.ts';
import type { CsvRow } from './read-csv.ts';
import type { LeadEvent } from './read-event.ts';

/** A row as the records that it becomes, or why it becomes none. */
export type RowRead =
  | {
      readonly ok: true;
      readonly lead: PublishedRecord;
      readonly eventTimeMs: number | undefined;
      readonly outcome?: { readonly dueMs: number; readonly record: PublishedRecord };
    }
  | { readonly ok: false; readonly problems: readonly string[] };

/** Rows are read in rising order: the clock of a plan counts along. */
export function createRowReader(plan: ReplayPlan): (row: CsvRow) => RowRead {
  const { clock, eventTimeOf } = plan;
  return (row) => {
    const ruledMs = clock?.(row.row);
    if (row.cells === undefined) return refuse(row.problem ?? "can't be read");
    const read = plan.read(row, row.cells, ruledMs);
    if (!read.ok) return read;
    const { event } = read;
    const eventTimeMs = ruledMs ?? eventTimeOf(event);
    const value = encodeLead(plan, event);
    if (value instanceof NotOfSchema) return refuse(value.message);
    const key = Buffer.from(nameOf(event, plan.map.key));
    const lead = { key, value };
    const outcome = readOutcome(plan, row, row.cells, event, eventTimeMs);
    if (outcome === undefined) return { ok: true, lead, eventTimeMs };
    if (typeof outcome === 'string') return refuse(outcome);
    return {
      ok: true,
      lead,
      eventTimeMs,
      outcome: { dueMs: outcome.dueMs, record: { key, value: outcome.value } },
    };
  };
}

function encodeLead({ leadWriter }: ReplayPlan, event: LeadEvent): Buffer | NotOfSchema {
  try {
    return leadWriter.encode(event);
  } catch (error) {
    if (error instanceof NotOfSchema) return error;
    throw error;
  }
}

function readOutcome(
  { readOutcome, outcomeWriter, map }: ReplayPlan,
  row: CsvRow,
  cells: readonly string[],
  event: LeadEvent,
  eventTimeMs: number | undefined,
): { readonly dueMs: number; readonly value: Buffer } | string | undefined {
  if (readOutcome === undefined || outcomeWriter === undefined) return undefined;
  if (eventTimeMs === undefined) return 'outcome: the event has no time to count from';
  const of = { leadId: nameOf(event, map.key), eventId: nameOf(event, map.event_id), eventTimeMs };
  const outcome = readOutcome(row, cells, of);
  if (outcome === undefined || typeof outcome === 'string') return outcome;
  return { dueMs: outcome.recorded_at, value: outcomeWriter.encode(outcome) };
}

/** Ids may be numbers in the CRM's schema; on Kafka and in outcomes they are text. */
function nameOf(event: LeadEvent, field: string): string {
  const value = event[field];
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

function refuse(problem: string): RowRead {
  return { ok: false, problems: [problem] };
}
