import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Golden } from '@scoreline/core/contracts/golden.ts';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { createAvroReader, writerFor } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { expect, test } from 'vitest';
import { openLeadScorer } from './scripts/lead-scorer.ts';

const PACKAGE = join(import.meta.dirname, '../../models/bank-leads/1.0.0');
const LEADS = { id: 1, schema: contractSchema('lead-created') };
const SCORES = { id: 2, schema: contractSchema('lead-scored') };

test("what the scripts make of the package's golden rows are its golden scores, of the topic's contract", async () => {
  const golden = JSON.parse(readFileSync(join(PACKAGE, 'golden.json'), 'utf8')) as Golden;
  const registry = createServer(({ url = '' }, response) => {
    response.end(JSON.stringify(url === '/subjects/lead-scores-value/versions/latest' ? SCORES : LEADS));
  });
  registry.listen(0, '127.0.0.1');
  await once(registry, 'listening');
  const score = await openLeadScorer({
    brokers: [],
    registry: `http://127.0.0.1:${(registry.address() as AddressInfo).port}`,
    from: 'lead-created',
    to: 'lead-scores',
    groupId: 'script',
    packageFolder: PACKAGE,
  });
  const { encode } = writerFor<object>(LEADS.id, LEADS.schema);
  const messages = golden.rows.map(({ event }, row) => ({
    key: Buffer.from(`lead-${row}`),
    value: encode({ event_id: `event-${row}`, lead_id: `lead-${row}`, created_at: row, ...event }),
    offset: BigInt(row),
    timestamp: '1700000000000',
  }));

  const scores = await score(3, messages);

  registry.close();
  const reader = createAvroReader<LeadScored>({ schemaById: async () => SCORES.schema });
  await reader.prepare(scores.map(({ value }) => value));
  for (const [row, { key, value }] of scores.entries()) {
    const decoded = reader.decode(value);
    if (!decoded.ok) throw new Error(decoded.message);
    expect(key.toString()).toBe(`lead-${row}`);
    expect(decoded.value).toMatchObject({
      event_id: `event-${row}`,
      lead_id: `lead-${row}`,
      model: 'bank-leads',
      model_version: '1.0.0',
      role: 'production',
      inputs: [],
      bins: [],
      event_time: row,
      source: { topic: 'lead-created', partition: 3, offset: row, timestamp: 1_700_000_000_000 },
    });
    expect(Math.abs(decoded.value.score - (golden.rows[row]?.score ?? NaN))).toBeLessThan(1e-5);
  }
});
