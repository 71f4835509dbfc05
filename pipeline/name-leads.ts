import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import type { LeadIdentity, TimestampUnit } from '@scoreline/core/features/identity.ts';
import { isFeatureProblem } from '@scoreline/core/features/problem.ts';
import type { AvroReader } from '@scoreline/runtime/avro/codec.ts';
import { createFieldReaders, type FieldReader } from '@scoreline/runtime/avro/field-reader.ts';
import { timestampUnit } from '@scoreline/runtime/avro/timestamp-unit.ts';
import { schemaIdAt } from '@scoreline/runtime/avro/wire-format.ts';
import type { FetchedRecord } from '@scoreline/runtime/kafka/record.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Fallback } from './fallback.ts';
import type { Rejection } from './rejection.ts';

/** A record that is a lead: who and when it is about. */
export interface Lead {
  readonly record: FetchedRecord;
  readonly identity: LeadIdentity;
  /** Of the writer's schema. */
  readonly schemaId: number;
  /** Where it had to be decoded whole; else its features are read from the record's bytes. */
  readonly event: LeadEvent | undefined;
  /** Where the version that it was assigned to could not score it; else null. */
  readonly fallback: Fallback | null;
}

/** Names the leads in records by a model's identity fields; what can't be is set aside with its reason. */
export type LeadNamer = (
  records: readonly FetchedRecord[],
  model: LoadedModel,
) => { readonly leads: readonly Lead[]; readonly rejections: readonly Rejection[] };

/** The records' schemas must have been prepared in `avro`. */
export function createLeadNamer(avro: AvroReader<LeadEvent>): LeadNamer {
  // Whether the rest of a record is one, its features will tell.
  const readersOf = createFieldReaders(avro, 'last field');
  const unitsOf = createUnitLookup(avro);
  return (records, model) => {
    const { identity } = model;
    const nameLead = createNamer(avro, identity, readersOf(identity.fields), unitsOf(model));
    const leads: Lead[] = [];
    const rejections: Rejection[] = [];
    for (const record of records) {
      const lead = nameLead(record);
      if ('code' in lead) rejections.push(lead);
      else leads.push(lead);
    }
    return { leads, rejections };
  };
}

function createNamer(
  avro: AvroReader<LeadEvent>,
  reader: LoadedModel['identity'],
  readFields: FieldReader,
  unitOf: (schemaId: number) => TimestampUnit,
): (record: FetchedRecord) => Lead | Rejection {
  const values: unknown[] = [];
  return (record) => {
    const schemaId = schemaIdAt(record);
    if (schemaId !== undefined && readFields(record, values)) {
      const identity = reader.readFields(values, unitOf(schemaId));
      // Else it may be no record of its schema at all, which says more than that its id is wrong.
      if (!isFeatureProblem(identity))
        return { record, identity, schemaId, event: undefined, fallback: null };
    }
    const decoded = avro.decode(record.value);
    if (!decoded.ok) return { ...decoded, record };
    const { value: event } = decoded;
    if (!isRecord(event)) return { record, ...NOT_A_RECORD, schemaId: decoded.schemaId };
    const identity = reader.read(event, unitOf(decoded.schemaId));
    if (!isFeatureProblem(identity))
      return { record, identity, schemaId: decoded.schemaId, event, fallback: null };
    return { record, code: identity.code, message: identity.message, schemaId: decoded.schemaId };
  };
}

const NOT_A_RECORD = {
  code: 'value.not_a_record',
  message: 'the schema lets the value be something else than a record, and it is',
} as const;

/** A schema may be a number, or a union that has null: then a value without any field arrives. */
function isRecord(event: unknown): boolean {
  return typeof event === 'object' && event !== null && !Array.isArray(event);
}

/** The event time's unit by schema id, looked up once per schema and model. */
function createUnitLookup(
  avro: AvroReader<LeadEvent>,
): (model: LoadedModel) => (schemaId: number) => TimestampUnit {
  const lookups = new WeakMap<LoadedModel, Map<number, TimestampUnit>>();
  return (model) => {
    const field = model.manifest.input.event_time;
    if (field === undefined) return () => 'millis';
    const units = lookups.get(model) ?? new Map<number, TimestampUnit>();
    lookups.set(model, units);
    return (schemaId) => {
      const known = units.get(schemaId);
      if (known !== undefined) return known;
      const unit = timestampUnit(avro.schemaOf(schemaId) ?? '{}', field);
      units.set(schemaId, unit);
      return unit;
    };
  };
}
