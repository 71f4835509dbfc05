import { aloneInLineup, type Lineup } from '@scoreline/pipeline/lineup.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { openModel, type LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { createScorerHttp } from './http.ts';

let tiny: LoadedModel;

beforeAll(async () => {
  const pkg = await writeTinyPackage();
  tiny = await openModel(await loadPackage(pkg.dir));
  await pkg.remove();
});
afterAll(() => tiny.close());

/** A server whose model scores once `released`, and the sizes of its inferences. */
function serve(released: Promise<void> = Promise.resolve()) {
  const sizes: number[] = [];
  const model: LoadedModel = {
    ...tiny,
    async score(matrix, rows, out) {
      sizes.push(rows);
      await released;
      return tiny.score(matrix, rows, out);
    },
  };
  const currentLineup = vi.fn<() => Lineup>(() => aloneInLineup(model));
  const server = createScorerHttp({
    telemetry: createTelemetry({ service: 'scorer', logLevel: 'silent' }),
    health: () => ({ ready: true }),
    currentLineup,
    publishLead: () => Promise.reject(new Error('nothing is published here')),
    nowMs: Date.now,
    newEventId: () => 'new-id',
  });
  return { server, sizes, currentLineup };
}

const LEAD = { size: 2, color: 'green', active: true };

test('leads at the same time are scored together, and one that is wrong fails no other', async () => {
  const { server, sizes } = serve();
  const leads = [
    { ...LEAD, lead_id: 'a' },
    { lead_id: 'b', color: 'mauve' },
    { ...LEAD, lead_id: 'c', size: 3 },
  ];
  const answers = await Promise.all(
    leads.map((payload) => server.inject({ method: 'POST', url: '/score-lead', payload })),
  );
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 422, 200]);
  expect(answers.map((answer) => answer.json().lead_id)).toEqual(['a', undefined, 'c']);
  expect(sizes).toEqual([2]);
  await server.close();
});

test('where too many wait for the model, the next are 503 with Retry-After', async () => {
  const { promise: released, resolve } = Promise.withResolvers<void>();
  const { server } = serve(released);
  const answers = Array.from({ length: 600 }, (_, i) =>
    server.inject({ method: 'POST', url: '/score-lead', payload: { ...LEAD, lead_id: i } }),
  );
  const refused = await Promise.race(answers);
  expect([refused.statusCode, refused.headers['retry-after']]).toEqual([503, '1']);
  expect(refused.json().error.code).toBe('server.busy');
  resolve();
  const statuses = (await Promise.all(answers)).map(({ statusCode }) => statusCode);
  expect(new Set(statuses)).toEqual(new Set([200, 503]));
  await server.close();
});

test('a stop lets those that wait be scored', async () => {
  const { promise: released, resolve } = Promise.withResolvers<void>();
  const { server, currentLineup } = serve(released);
  const url = await server.listen({ port: 0, host: '127.0.0.1' });
  const answers = ['a', 'b', 'c'].map((leadId) =>
    fetch(`${url}/score-lead`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', connection: 'close' },
      body: JSON.stringify({ ...LEAD, lead_id: leadId }),
    }),
  );
  await vi.waitFor(() => expect(currentLineup).toHaveBeenCalledTimes(3));
  const closed = server.close();
  resolve();
  expect((await Promise.all(answers)).map(({ status }) => status)).toEqual([200, 200, 200]);
  await closed;
});
