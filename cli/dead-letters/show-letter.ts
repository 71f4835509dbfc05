import { createAvroReader } from '@scoreline/runtime/avro/codec.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import type { LetterInHand } from '@scoreline/runtime/dead-letters/letter-box.ts';
import type { DeadLettersLocation } from '@scoreline/runtime/dead-letters/location.ts';
import { letterToJson } from './describe-letters.ts';

/** Enough to see what kind of thing it is. */
const BYTES_SHOWN = 256;

/** Everything about a letter, the lead's data included: decoded where its schema reads it, else its first bytes. */
export async function showLetter(found: LetterInHand, location: DeadLettersLocation): Promise<object> {
  const { key, value, headers } = found.letter;
  return {
    ...letterToJson(found),
    headers: Object.fromEntries(Object.entries(headers).map(([name, header]) => [name, header.toString()])),
    key: key === null ? null : key.toString(),
    ...(value === null ? { value: null } : await describeValue(value, location)),
  };
}

async function describeValue(value: Buffer, location: DeadLettersLocation): Promise<object> {
  const avro = createAvroReader(createRegistryClient(location.schemaRegistry));
  await avro.prepare([value]);
  const decoded = avro.decode(value);
  if (decoded.ok) return { value: decoded.value };
  const head = value.subarray(0, BYTES_SHOWN);
  return {
    value_unreadable: decoded.message,
    value_hex: head.toString('hex'),
    value_text: head.toString('latin1'),
  };
}
