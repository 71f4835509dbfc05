import { readFileSync } from 'node:fs';
import { createAvroReader } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import type { RegistryClient } from '@scoreline/runtime/avro/registry.ts';
import type { Publisher, PublishedRecord } from '@scoreline/runtime/kafka/publish.ts';
import { expect, test } from 'vitest';
import { createLeadPublisher } from './publish-lead.ts';

const NOW = Date.UTC(2026, 0, 2);

function publishInto(published: PublishedRecord[], fail = false): Publisher {
  return {
    connect: () => Promise.resolve(),
    close: () => Promise.resolve(),
    publish(_topic, records) {
      if (fail) return Promise.reject(new Error('no broker answers'));
      published.push(...records);
      return Promise.resolve([{ partition: 3, firstOffset: 42 }]);
    },
  };
}

function registryOf(schema: string | undefined): RegistryClient {
  return {
    register: () => Promise.reject(new Error('a publisher of leads registers nothing')),
    setCompatibility: () => Promise.reject(new Error('a publisher of leads sets nothing')),
    schemaById: () => Promise.resolve(schema),
    latest: () => Promise.resolve(schema === undefined ? undefined : { id: 7, schema }),
  };
}

function createPublish(schema: string | undefined, published: PublishedRecord[] = [], fail = false) {
  const registry = registryOf(schema);
  const publisher = publishInto(published, fail);
  return createLeadPublisher({ registry, publisher, topic: 'lead-created', nowMs: () => NOW });
}

async function decode(schema: string, value: Buffer | null): Promise<Record<string, unknown>> {
  const reader = createAvroReader<Record<string, unknown>>(registryOf(schema));
  await reader.prepare([value]);
  const decoded = reader.decode(value);
  if (!decoded.ok) throw new Error(decoded.message);
  return decoded.value;
}

test('a lead is published in the newest schema, keyed by its id', async () => {
  const schema = contractSchema('lead-created');
  const published: PublishedRecord[] = [];
  const publish = createPublish(schema, published);

  const outcome = await publish({ event_id: 'e', lead_id: 'l', created_at: NOW, age: 41 }, 'l', 'created_at');

  expect(outcome).toEqual({ ok: true, partition: 3, offset: 42 });
  expect(published[0]?.key).toEqual(Buffer.from('l'));
  expect(await decode(schema, published[0]?.value ?? null)).toMatchObject({
    lead_id: 'l',
    age: 41,
    job: null,
  });
});

test('its time goes in the unit of the schema', async () => {
  const schema = readFileSync('test/fixtures/packages/user-reports/schema.avsc', 'utf8');
  const published: PublishedRecord[] = [];
  const publish = createPublish(schema, published);

  await publish({ report_id: 1, reported_at: NOW }, '1', 'reported_at');

  expect(await decode(schema, published[0]?.value ?? null)).toMatchObject({ reported_at: NOW * 1000 });
});

test('a field that the schema does not take is refused by name, and nothing is published', async () => {
  const published: PublishedRecord[] = [];
  const publish = createPublish(contractSchema('lead-created'), published);

  const outcome = await publish(
    { event_id: 'e', lead_id: 'l', created_at: NOW, age: 4.5 },
    'l',
    'created_at',
  );

  expect(outcome).toMatchObject({ ok: false, reason: 'refused', field: 'age' });
  expect(published).toEqual([]);
});

test.each([
  ['no schema is registered', undefined, false],
  ['the brokers are away', contractSchema('lead-created'), true],
])('%s: unavailable, not refused', async (_case, schema, fail) => {
  const publish = createPublish(schema, [], fail);
  const outcome = await publish({ event_id: 'e', lead_id: 'l', created_at: NOW }, 'l', 'created_at');
  expect(outcome).toMatchObject({ ok: false, reason: 'unavailable' });
});
