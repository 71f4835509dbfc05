import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import type { LeadIdentity } from '@scoreline/core/features/identity.ts';
import { isFeatureProblem } from '@scoreline/core/features/problem.ts';
import type { AvroReader } from '@scoreline/runtime/avro/codec.ts';
import { timestampUnit, type TimestampUnit } from '@scoreline/runtime/avro/timestamp-unit.ts';
import type { KafkaRecord } from '@scoreline/runtime/kafka/record.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Fallback } from './fallback.ts';
import type { Rejection } from './rejection.ts';

/** A record that is a lead: what it says, and who and when it is about. */
export interface Lead {
  readonly record: KafkaRecord;
  readonly event: LeadEvent;
  readonly identity: LeadIdentity;
  /** Of the writer's schema. */
  readonly schemaId: number;
  /** Where the version that it was assigned to could not score it; else null. */
  readonly fallback: Fallback | null;
}

/** Decodes records and names their leads by a model's identity fields; what can't be is set aside with its reason. */
export type LeadNamer = (
  records: readonly KafkaRecord[],
  model: LoadedModel,
) => { readonly leads: readonly Lead[]; readonly rejections: readonly Rejection[] };

/** The records' schemas must have been prepared in `avro`. */
export function createLeadNamer(avro: AvroReader<LeadEvent>): LeadNamer {
  const unitOf = createUnitLookup(avro);
  const nameLead = (record: KafkaRecord, model: LoadedModel): Lead | Rejection => {
    const decoded = avro.decode(record.value);
    if (!decoded.ok) return { ...decoded, record };
    const { value: event, schemaId } = decoded;
    if (!isRecord(event)) return { record, ...NOT_A_RECORD, schemaId };
    const identity = model.identity(event, unitOf(schemaId, model));
    if (!isFeatureProblem(identity)) return { record, event, identity, schemaId, fallback: null };
    return { record, code: identity.code, message: identity.message, schemaId };
  };
  return (records, model) => {
    const leads: Lead[] = [];
    const rejections: Rejection[] = [];
    for (const record of records) {
      const lead = nameLead(record, model);
      if ('code' in lead) rejections.push(lead);
      else leads.push(lead);
    }
    return { leads, rejections };
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

/** The event time's unit by schema id, looked up once per schema and field. */
function createUnitLookup(
  avro: AvroReader<LeadEvent>,
): (schemaId: number, model: LoadedModel) => TimestampUnit {
  const units = new Map<string, TimestampUnit>();
  return (schemaId, model) => {
    const field = model.manifest.input.event_time;
    if (field === undefined) return 'millis';
    const key = `${schemaId}/${field}`;
    let unit = units.get(key);
    if (unit === undefined) {
      unit = timestampUnit(avro.schemaOf(schemaId) ?? '{}', field);
      units.set(key, unit);
    }
    return unit;
  };
}
