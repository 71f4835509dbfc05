import type { InputFields } from '../contracts/manifest.ts';
import { compileFieldPaths, type LeadEvent } from './field-path.ts';
import { describeType, isFeatureProblem, type FeatureProblem, type FeatureProblemCode } from './problem.ts';

/** Who and when a lead event is about. */
export interface LeadIdentity {
  readonly entityId: string;
  /** null: the event carries none, the caller names it by topic, partition and offset. */
  readonly eventId: string | null;
  /** Epoch milliseconds; null: the event carries none, the caller takes Kafka's timestamp. */
  readonly eventTimeMs: number | null;
  readonly groupId: string | null;
}

/** The unit of an event time that is a number; a string is always read as ISO 8601. */
export type TimestampUnit = 'millis' | 'micros' | 'nanos';

/** Reads an event's identity; `unit` is what the event's own schema says of its event time. */
export interface IdentityReader {
  /** The paths of what it reads. */
  readonly fields: readonly string[];
  /** Of an event of which `values[i]` stands at `fields[i]`. */
  readFields(values: readonly unknown[], unit?: TimestampUnit): LeadIdentity | FeatureProblem;
  /** Of an event that was decoded whole. */
  read(event: LeadEvent, unit?: TimestampUnit): LeadIdentity | FeatureProblem;
}

/** What ClickHouse's DateTime64 holds; a time beyond it is a wrong unit, not a time. */
const FIRST_EVENT_TIME_MS = Date.UTC(1900, 0, 1);
const LAST_EVENT_TIME_MS = Date.UTC(2300, 0, 1) - 1;

const PER_MS = { millis: 1, micros: 1_000, nanos: 1_000_000 } as const;

/**
 * Compiles the manifest's `input` fields. Ids are strings or integers (written in decimal); an empty string is
 * absent. Only the entity's id has to be there; event id, event time and group may be null.
 */
export function createIdentityReader(input: InputFields): IdentityReader {
  const fields: string[] = [];
  const placeOf = (field: string): number => fields.push(field) - 1;
  const readEntityId = compileIdReader(input.entity_id, placeOf);
  const readEventId = compileIdReader(input.event_id, placeOf);
  const readGroupId = compileIdReader(input.group_id, placeOf);
  const readEventTime = compileTimeReader(input.event_time, placeOf);
  const readEvent = compileFieldPaths(fields);
  const readFields: IdentityReader['readFields'] = (values, unit = 'millis') => {
    const entityId = readEntityId(values);
    if (entityId === null)
      return refuse(input.entity_id, 'identity.missing', 'is the lead’s id, but has no value');
    if (typeof entityId !== 'string') return entityId;
    const eventId = readEventId(values);
    if (isFeatureProblem(eventId)) return eventId;
    const groupId = readGroupId(values);
    if (isFeatureProblem(groupId)) return groupId;
    const eventTimeMs = readEventTime(values, unit);
    if (isFeatureProblem(eventTimeMs)) return eventTimeMs;
    return { entityId, eventId, eventTimeMs, groupId };
  };
  return {
    fields,
    readFields,
    read(event, unit) {
      const values: unknown[] = [];
      readEvent(event, values);
      return readFields(values, unit);
    },
  };
}

/** Takes a field and says where its value will stand. */
type PlaceTaker = (field: string) => number;

function compileIdReader(
  field: string | undefined,
  placeOf: PlaceTaker,
): (values: readonly unknown[]) => string | null | FeatureProblem {
  if (field === undefined) return () => null;
  const place = placeOf(field);
  return (values) => {
    const value = values[place];
    if (value === undefined || value === null || value === '') return null;
    if (typeof value === 'string') return value;
    if (typeof value === 'bigint') return value.toString();
    if (typeof value === 'number' && Number.isSafeInteger(value)) return value.toString();
    return refuse(
      field,
      'identity.wrong_type',
      `must be a string or an integer, but is a ${describeType(value)}`,
    );
  };
}

function compileTimeReader(
  field: string | undefined,
  placeOf: PlaceTaker,
): (values: readonly unknown[], unit: TimestampUnit) => number | null | FeatureProblem {
  if (field === undefined) return () => null;
  const place = placeOf(field);
  return (values, unit) => {
    const value = values[place];
    if (value === undefined || value === null || value === '') return null;
    const timeMs = toEpochMs(value, unit);
    if (timeMs === undefined) {
      const wanted = 'must be a number or an ISO 8601 string';
      return refuse(
        field,
        'identity.wrong_type',
        `${wanted}, but is a ${describeType(value)} that is neither`,
      );
    }
    if (timeMs >= FIRST_EVENT_TIME_MS && timeMs <= LAST_EVENT_TIME_MS) return timeMs;
    return refuse(
      field,
      'identity.wrong_type',
      `read as ${unit} is a time outside 1900 to 2299: is the unit right?`,
    );
  };
}

/** Whole milliseconds, rounded down so that an event never moves into the next window. */
function toEpochMs(value: unknown, unit: TimestampUnit): number | undefined {
  if (typeof value === 'bigint') return Math.floor(Number(value) / PER_MS[unit]);
  if (typeof value === 'number') return Number.isFinite(value) ? Math.floor(value / PER_MS[unit]) : undefined;
  if (typeof value !== 'string' || !ISO_8601.test(value)) return undefined;
  const timeMs = Date.parse(value);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}

/** Date.parse alone also takes forms whose meaning depends on the machine: a date-time names its zone. */
const ISO_8601 = /^\d{4}-\d{2}-\d{2}(T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2}))?$/;

function refuse(field: string, code: FeatureProblemCode, what: string): FeatureProblem {
  return { code, message: `field ${field} ${what}`, field };
}
