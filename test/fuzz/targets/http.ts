import { aloneInLineup } from '@scoreline/pipeline/lineup.ts';
import { openTinyModel, TINY_LEAD_SCHEMA, tinyLead } from '@scoreline/pipeline/testing/scoring-room.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { createInMemoryRegistry } from '@scoreline/runtime/testing/in-memory-registry.ts';
import { createScorerHttp } from '@scoreline/scorer/http.ts';
import { createLeadPublisher } from '@scoreline/scorer/publish-lead.ts';
import type { FuzzTarget } from '../target.ts';
import { findLeadData, LEAD_DATA } from './lead-data.ts';

/** The body of POST /score-lead; whole requests are schemathesis's (`npm run fuzz:http`). */
export const httpTarget: FuzzTarget = {
  name: 'http',
  reads: 'the body of POST /score-lead: JSON, identity, features, score, the record that is published',
  form: 'json',
  words: ['"publish":true', '"lead_id":', '__proto__', '\\ud800'],
  async open() {
    const model = await openTinyModel();
    const registry = createInMemoryRegistry();
    await registry.register('lead-created-value', TINY_LEAD_SCHEMA);
    const publisher = {
      connect: async () => {},
      publish: async () => [{ partition: 3, firstOffset: 42 }],
      close: async () => {},
    };
    const lineup = aloneInLineup(model);
    const server = createScorerHttp({
      telemetry: createTelemetry({ service: 'scorer', logLevel: 'silent' }),
      health: () => ({ ready: true }),
      currentLineup: () => lineup,
      publishLead: createLeadPublisher({ registry, publisher, topic: 'lead-created', nowMs: Date.now }),
      nowMs: Date.now,
      newEventId: () => 'new-id',
      settings: { keysFile: undefined, requestsPerSecond: 0, metrics: undefined },
    });
    const leads = [
      { ...tinyLead, lead_id: LEAD_DATA },
      { ...tinyLead, color: LEAD_DATA, publish: true },
      { ...tinyLead, publish: true, created_at: '2026-05-01' },
    ];
    return {
      seeds: leads.map((lead) => Buffer.from(JSON.stringify(lead))),
      async take(payload) {
        const headers = { 'content-type': 'application/json' };
        const answer = await server.inject({ method: 'POST', url: '/score-lead', headers, payload });
        if (![200, 400, 413, 422].includes(answer.statusCode)) return `the answer is ${answer.statusCode}`;
        const body: unknown = JSON.parse(answer.body);
        if (answer.statusCode === 200) return undefined;
        if (!isProblem(body)) return `${answer.statusCode} says no code and message`;
        return findLeadData('the refusal', answer.body);
      },
      async close() {
        await server.close();
        await model.close();
      },
    };
  },
};

function isProblem(body: unknown): boolean {
  const { error } = body as { error?: { code?: unknown; message?: unknown } };
  return typeof error?.code === 'string' && typeof error.message === 'string';
}
