import type { LeadScored, Role, Source } from '@scoreline/core/contracts/lead-scored.ts';
import type { Input } from '@scoreline/core/drift/binner.ts';
import { AvroBytes } from '@scoreline/runtime/avro/avro-bytes.ts';
import { WIRE_HEADER_BYTES, writeHeader } from '@scoreline/runtime/avro/wire-format.ts';
import type { Lead } from './name-leads.ts';

/** What all scores of one batch by one version have in common. */
export type SameForAll = Pick<
  LeadScored,
  'model' | 'model_version' | 'role' | 'run_id' | 'experiment_id' | 'scored_at' | 'inference_us'
> & { readonly source: Pick<Source, 'topic' | 'partition'> };

/** What a version found out about one lead. */
export interface Verdict extends Pick<LeadScored, 'score' | 'band' | 'bins'> {
  /** Of many leads. */
  readonly inputs: readonly Input[];
  readonly firstInput: number;
  /** None where a policy leaves them out: drift then counts by bins alone. */
  readonly inputsWritten: number;
}

type InputsOfLead = Pick<Verdict, 'inputs' | 'firstInput' | 'inputsWritten'>;

/** What of a lead its score tells. */
export type ScoredLead = Pick<Lead, 'identity'> & {
  readonly record: Pick<Lead['record'], 'offset' | 'timestamp'>;
  readonly fallback: { readonly version: string; readonly code: string } | null;
};

/**
 * Encodes the scores of one batch, one after another: a record's key (the lead's id), of which it gives the bytes, and its
 * value (the lead-scored contract, framed).
 */
export type ScoreEncoder = (lead: ScoredLead, verdict: Verdict) => number;

const ROLES: readonly Role[] = ['production', 'canary', 'shadow', 'backtest'];
/** Indexes of ["null", "double", "string"]. */
const INPUT = { null: 0, double: 1, string: 2 } as const;

/**
 * Writes lead-scored field by field, in the order of `schemas/lead-scored.avsc`, which its test holds beside what avsc
 * makes of the schema. avsc wants an object a score, and takes twice as long.
 */
export function createScoreEncoder(schemaId: number): (out: AvroBytes, same: SameForAll) => ScoreEncoder {
  const header = writeHeader(Buffer.alloc(WIRE_HEADER_BYTES), schemaId);
  return (out, same) => {
    const parts = encodeParts(same);
    const { topic, partition } = same.source;
    return ({ identity, record, fallback }, verdict) => {
      const { score, band, bins } = verdict;
      const keyBegins = out.length;
      out.text(identity.entityId);
      const keyEnds = out.length;
      out.raw(header);
      // Where the event carries no id or time of its own, Kafka's place and time stand for them.
      out.string(identity.eventId ?? `${topic}-${partition}-${record.offset}`);
      out.long(keyEnds - keyBegins);
      out.again(keyBegins, keyEnds);
      out.nullableString(identity.groupId);
      out.raw(parts.scorer);
      out.nullableString(fallback?.version ?? null);
      out.nullableString(fallback?.code ?? null);
      out.double(score);
      out.string(band);
      // No reasons.
      out.long(0);
      writeInputs(out, verdict);
      writeBins(out, bins);
      out.long(identity.eventTimeMs ?? record.timestamp);
      out.raw(parts.inference);
      out.raw(parts.place);
      out.long(record.offset);
      out.long(record.timestamp);
      return keyEnds - keyBegins;
    };
  };
}

/** Fields that are the same in each score, written once. */
function encodeParts(same: SameForAll): Record<'scorer' | 'inference' | 'place', Uint8Array> {
  return {
    scorer: encodePart((out) => {
      out.string(same.model);
      out.string(same.model_version);
      out.long(ROLES.indexOf(same.role));
      out.nullableString(same.run_id);
      out.nullableString(same.experiment_id);
    }),
    inference: encodePart((out) => {
      out.long(same.scored_at);
      out.long(same.inference_us === null ? 0 : 1);
      if (same.inference_us !== null) out.long(same.inference_us);
    }),
    place: encodePart((out) => {
      out.string(same.source.topic);
      out.long(same.source.partition);
    }),
  };
}

function encodePart(write: (out: AvroBytes) => void): Uint8Array {
  const out = new AvroBytes();
  write(out);
  return out.take();
}

function writeInputs(out: AvroBytes, { inputs, firstInput, inputsWritten }: InputsOfLead): void {
  if (inputsWritten > 0) out.long(inputsWritten);
  for (let at = firstInput; at < firstInput + inputsWritten; at += 1) {
    const input = inputs[at] ?? null;
    if (input === null) {
      out.long(INPUT.null);
    } else if (typeof input === 'number') {
      out.long(INPUT.double);
      out.double(input);
    } else {
      out.long(INPUT.string);
      out.string(input);
    }
  }
  out.long(0);
}

function writeBins(out: AvroBytes, bins: readonly number[]): void {
  if (bins.length > 0) out.long(bins.length);
  for (const bin of bins) out.long(bin);
  out.long(0);
}
