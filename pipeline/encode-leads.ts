import type { Input } from '@scoreline/core/drift/binner.ts';
import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import type { FeatureProblem } from '@scoreline/core/features/problem.ts';
import type { AvroReader } from '@scoreline/runtime/avro/codec.ts';
import { createFieldReaders } from '@scoreline/runtime/avro/field-reader.ts';
import type { Unreadable } from '@scoreline/runtime/avro/wire-format.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Lead } from './name-leads.ts';
import type { RejectionCode } from './rejection.ts';

/** Leads as a model sees them: row i of `matrix` ([rows, width], the rest unused) is `leads[i]`. */
export interface EncodedLeads {
  readonly leads: readonly Lead[];
  readonly matrix: Float32Array;
  /**
   * [rows, features], row by row, the rest unused: the raw inputs in the manifest's feature order, before encoding;
   * null is missing.
   */
  readonly inputs: readonly Input[];
  readonly unscored: readonly UnscoredLead[];
}

/** A lead that a version can't score, and why. */
export interface UnscoredLead {
  readonly lead: Lead;
  readonly code: RejectionCode;
  /** Says what and where, never the lead's data. */
  readonly message: string;
}

/** What leads are encoded into, and can be used again once they have their scores. */
export interface Sheet {
  matrix: Float32Array;
  readonly inputs: Input[];
}

/**
 * Encodes leads as rows of a model's input; what it can't take is set aside with its reason.
 * @param sheet - takes the rows, whatever it held before.
 */
export type LeadEncoder = (
  leads: readonly Lead[],
  model: Pick<LoadedModel, 'encoder'>,
  sheet?: Sheet,
) => EncodedLeads;

export function createSheet(): Sheet {
  return { matrix: new Float32Array(), inputs: [] };
}

/** From a record's bytes straight into the matrix, where its schema allows. */
export function createLeadEncoder(avro: AvroReader<LeadEvent>): LeadEncoder {
  const readersOf = createFieldReaders(avro, 'end');
  return (assigned, { encoder }, sheet = createSheet()) => {
    const readFields = readersOf(encoder.fields);
    const leads: Lead[] = [];
    const unscored: UnscoredLead[] = [];
    const size = assigned.length * encoder.width;
    if (sheet.matrix.length < size) sheet.matrix = new Float32Array(size);
    const { matrix, inputs } = sheet;
    const values: unknown[] = [];
    const encodeLead = ({ record, event }: Lead, row: number): FeatureProblem | Unreadable | undefined => {
      if (event !== undefined) return encoder.encode(event, matrix, row, inputs);
      if (readFields(record, values)) return encoder.encodeFields(values, matrix, row, inputs);
      const decoded = avro.decode(record.value);
      return decoded.ok ? encoder.encode(decoded.value, matrix, row, inputs) : decoded;
    };
    for (const lead of assigned) {
      const problem = encodeLead(lead, leads.length);
      if (problem === undefined) leads.push(lead);
      else unscored.push({ lead, code: problem.code, message: problem.message });
    }
    return { leads, matrix, inputs, unscored };
  };
}
