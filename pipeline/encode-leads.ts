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

/** Encodes leads as rows of a model's input; what it can't take is set aside with its reason. */
export type LeadEncoder = (leads: readonly Lead[], model: Pick<LoadedModel, 'encoder'>) => EncodedLeads;

/** From a record's bytes straight into the matrix, where its schema allows. */
export function createLeadEncoder(avro: AvroReader<LeadEvent>): LeadEncoder {
  const readersOf = createFieldReaders(avro, 'end');
  return (assigned, { encoder }) => {
    const readFields = readersOf(encoder.fields);
    const leads: Lead[] = [];
    const unscored: UnscoredLead[] = [];
    const matrix = new Float32Array(assigned.length * encoder.width);
    const inputs: Input[] = [];
    const values: unknown[] = [];
    const encodeLead = ({ record, event }: Lead, row: number): FeatureProblem | Unreadable | undefined => {
      if (event !== undefined) return encoder.encode(event, matrix, row, inputs);
      if (readFields(record.value, values)) return encoder.encodeFields(values, matrix, row, inputs);
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
