import type { Input } from '@scoreline/core/drift/binner.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import type { Lead } from './name-leads.ts';
import type { RejectionCode } from './rejection.ts';

/** Leads as a model sees them: row i of `matrix` ([rows, width], the rest unused) is `leads[i]`. */
export interface EncodedLeads {
  readonly leads: readonly Lead[];
  readonly matrix: Float32Array;
  /** Of row i: the raw inputs in the manifest's feature order, before encoding; null is missing. */
  readonly inputs: readonly (readonly Input[])[];
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
export function encodeLeads(
  assigned: readonly Lead[],
  { encoder }: Pick<LoadedModel, 'encoder'>,
): EncodedLeads {
  const leads: Lead[] = [];
  const inputs: Input[][] = [];
  const unscored: UnscoredLead[] = [];
  const matrix = new Float32Array(assigned.length * encoder.width);
  for (const lead of assigned) {
    const row: Input[] = [];
    const problem = encoder.encode(lead.event, matrix, leads.length, row);
    if (problem !== undefined) {
      unscored.push({ lead, code: problem.code, message: problem.message });
      continue;
    }
    leads.push(lead);
    inputs.push(row);
  }
  return { leads, matrix, inputs, unscored };
}
