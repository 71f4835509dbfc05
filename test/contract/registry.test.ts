import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createRegistryClient, SchemaRefused } from '@scoreline/runtime/avro/registry.ts';
import { createInMemoryRegistry } from '@scoreline/runtime/testing/in-memory-registry.ts';
import { describe, expect, inject, it } from 'vitest';

const registries = {
  'in memory': createInMemoryRegistry(),
  real: createRegistryClient({ url: inject('stackEnv').SCHEMA_REGISTRY_URL }),
};

const record = (...fields: object[]): string => JSON.stringify({ type: 'record', name: 'Lead', fields });
const id = { name: 'id', type: 'string' };
const optional = { name: 'age', type: ['null', 'int'], default: null };
const required = { name: 'age', type: 'int' };

describe.each(Object.entries(registries))('a schema registry: %s', (_name, registry) => {
  const newSubject = (): string => `contract-${crypto.randomUUID()}-value`;

  it('gives a schema back by the id under which it was registered', async () => {
    const registered = await registry.register(newSubject(), contractSchema('lead-created'));
    const schema = await registry.schemaById(registered);
    expect(JSON.parse(schema ?? '{}')).toMatchObject({ name: 'BankContact', fields: { length: 22 } });
  });

  it('knows a schema again, under its subject and under another', async () => {
    const subject = newSubject();
    const schema = record(id, { name: newSubject().replaceAll('-', '_'), type: 'int' });
    const first = await registry.register(subject, schema);
    expect(await registry.register(subject, schema)).toBe(first);
    expect(await registry.register(newSubject(), schema)).toBe(first);
  });

  it('knows neither an id nor a subject that nobody registered', async () => {
    expect(await registry.schemaById(2_000_000_000)).toBeUndefined();
    expect(await registry.latest(newSubject())).toBeUndefined();
  });

  it('gives the newest schema of a subject', async () => {
    const subject = newSubject();
    await registry.register(subject, record(id));
    const newest = await registry.register(subject, record(id, optional));
    const latest = await registry.latest(subject);
    expect(latest?.id).toBe(newest);
    expect(JSON.parse(latest?.schema ?? '{}')).toMatchObject({ fields: { length: 2 } });
  });

  it('refuses a schema that breaks what its subject promises', async () => {
    const subject = newSubject();
    await registry.setCompatibility(subject, 'FULL_TRANSITIVE');
    await registry.register(subject, record(id));
    await registry.register(subject, record(id, optional));
    await expect(registry.register(subject, record(id, required))).rejects.toBeInstanceOf(SchemaRefused);
    await expect(registry.register(subject, record(required))).rejects.toThrow(
      `the registry refuses the schema of ${subject}`,
    );
  });

  it('lets a reader grow where only readers are held to it', async () => {
    const subject = newSubject();
    await registry.setCompatibility(subject, 'BACKWARD');
    await registry.register(subject, record(id, required));
    expect(await registry.register(subject, record(id))).toEqual(expect.any(Number));
    const stricter = record(id, { name: 'visits', type: 'int' });
    await expect(registry.register(subject, stricter)).rejects.toBeInstanceOf(SchemaRefused);
  });

  it('refuses what is no Avro schema', async () => {
    await expect(registry.register(newSubject(), '{"type":"no such type"}')).rejects.toBeInstanceOf(
      SchemaRefused,
    );
  });
});
