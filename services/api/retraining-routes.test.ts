import { evolve } from '@scoreline/core/retraining/evolve.ts';
import { tell, wish } from '@scoreline/core/retraining/testing/given.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { afterAll, expect, test } from 'vitest';
import { createApiHttp } from './http.ts';
import { createRetrainingRoutes } from './retraining-routes.ts';

const window = { labels_from: 0, labels_to: 1_000, labels: 9, positives: 3, new_labels: 2 };
const { events } = tell(
  [0, wish(['drift'], { trainingWindow: window })],
  [1, wish(['schedule'], { model: 'search-relevance' })],
  [8, wish(['performance'])],
);
let state = tell().state;
for (const event of events) ({ state } = evolve(state, event));
const server = createApiHttp({
  telemetry: createTelemetry({ service: 'api', logLevel: 'silent' }),
  health: () => ({ ready: true }),
  routes: [createRetrainingRoutes({ state: () => state })],
});
afterAll(() => server.close());

const get = (query: string) => server.inject({ method: 'GET', url: `/retraining-requests${query}` });

test('requests come with their evidence, the newest first, of one model or of all', async () => {
  const all = (await get('')).json<{ requests: { request_id: string }[] }>();
  expect(all.requests.map(({ request_id: id }) => id)).toEqual([
    'bank-leads-2',
    'search-relevance-1',
    'bank-leads-1',
  ]);
  expect((await get('?model=bank-leads&limit=1')).json()).toMatchObject({
    revision: 3,
    requests: [
      { request_id: 'bank-leads-2', requested_at: '1970-01-09T00:00:00.000Z', training_window: null },
    ],
  });
  expect(all.requests[2]).toMatchObject({
    reasons: [{ reason: 'drift', window_start: null }],
    training_window: { labels: 9, labels_to: '1970-01-01T00:00:01.000Z' },
  });
});

test('a limit that is none is refused', async () => {
  expect((await get('?limit=0')).statusCode).toBe(400);
});
