import type { Input } from '@scoreline/core/drift/binner.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import type { LeadIdentity } from '@scoreline/core/features/identity.ts';
import { type FeatureProblem, isFeatureProblem } from '@scoreline/core/features/problem.ts';
import type { AvroReader } from '@scoreline/runtime/avro/codec.ts';
import { timestampUnit, type TimestampUnit } from '@scoreline/runtime/avro/timestamp-unit.ts';
import type { KafkaRecord } from '@scoreline/runtime/kafka/record.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Rejection } from './rejection.ts';

/** A lead that the model can score. */
export interface Lead {
  readonly record: KafkaRecord;
  readonly identity: LeadIdentity;
  /** Of the writer's schema. */
  readonly schemaId: number;
  /** What the model sees, in the manifest's feature order, before encoding; null is missing. */
  readonly inputs: Input[];
}

/** A batch as a model sees it: row i of `matrix` ([rows, width], the rest unused) is `leads[i]`. */
export interface ReadBatch {
  readonly leads: readonly Lead[];
  readonly matrix: Float32Array;
  readonly rejections: Rejection[];
}

/** Decodes records and encodes them as a model's input; what can't be is set aside with its reason. */
export type LeadReader = (records: readonly KafkaRecord[], model: LoadedModel) => ReadBatch;

/** The records' schemas must have been prepared in `avro`. */
export function createLeadReader(avro: AvroReader<LeadEvent>): LeadReader {
  const unitOf = createUnitLookup(avro);
  return (records, model) => {
    const leads: Lead[] = [];
    const rejections: Rejection[] = [];
    const matrix = new Float32Array(records.length * model.encoder.width);
    for (const record of records) {
      const decoded = avro.decode(record.value);
      if (!decoded.ok) {
        rejections.push({ ...decoded, record });
        continue;
      }
      const { value: event, schemaId } = decoded;
      const lead = isRecord(event)
        ? readLead({ record, event, schemaId }, unitOf(schemaId, model), model, matrix, leads.length)
        : NOT_A_RECORD;
      if ('code' in lead) rejections.push({ record, code: lead.code, message: lead.message, schemaId });
      else leads.push(lead);
    }
    return { leads, matrix, rejections };
  };
}

interface DecodedLead {
  readonly record: KafkaRecord;
  readonly event: LeadEvent;
  readonly schemaId: number;
}

function readLead(
  { record, event, schemaId }: DecodedLead,
  unit: TimestampUnit,
  model: LoadedModel,
  matrix: Float32Array,
  row: number,
): Lead | FeatureProblem {
  const identity = model.identity(event, unit);
  if (isFeatureProblem(identity)) return identity;
  const inputs: Input[] = [];
  return model.encoder.encode(event, matrix, row, inputs) ?? { record, identity, schemaId, inputs };
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
