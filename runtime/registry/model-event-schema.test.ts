import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import { expect, test } from 'vitest';
import { createAvroReader, createAvroWriter } from '../avro/codec.ts';
import { contractSchema } from '../avro/contracts.ts';
import { createInMemoryRegistry } from '../testing/in-memory-registry.ts';

interface AvroField {
  name: string;
  type: unknown;
}

const event: ModelEvent = {
  event_id: 'e',
  expected_revision: 0,
  type: 'registered',
  model: 'bank-leads',
  version: '1.0.0',
  alias: null,
  actor: 'anna',
  reason: 'first',
  artifact: { uri: 'bank-leads/1.0.0', manifest_sha256: 'a'.repeat(64) },
  evidence: null,
  decided_at: 1,
};

test('a type of a later release reads as unknown, its other fields as they are', async () => {
  const schema = JSON.parse(contractSchema('model-event')) as { fields: AvroField[] };
  const type = schema.fields.find(({ name }) => name === 'type')?.type as { symbols: string[] };
  type.symbols.push('canaried');
  schema.fields.push({ name: 'share', type: 'double' });
  const registry = createInMemoryRegistry();
  const later = await createAvroWriter<object>(registry, 'model-registry-value', JSON.stringify(schema));
  const reader = createAvroReader<ModelEvent>(registry, contractSchema('model-event'));
  const value = later.encode({ ...event, type: 'canaried', share: 0.1 });
  await reader.prepare([value]);
  expect(reader.decode(value)).toMatchObject({ ok: true, value: { ...event, type: 'unknown' } });
});
