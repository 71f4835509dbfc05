import type { LeadEvent } from '@scoreline/core/features/field-path.ts';
import { aloneInLineup, type Lineup } from '@scoreline/pipeline/lineup.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { openModel, type LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { createScorerHttp } from './http.ts';
import type { PublishOutcome } from './score-lead.ts';

const NOW_MS = Date.UTC(2024, 4, 1, 12);
const published: { event: LeadEvent; entityId: string; timeField: string | undefined }[] = [];
let publishOutcome: PublishOutcome = { ok: true, partition: 3, offset: 42 };
let model: LoadedModel | undefined;
/** Instead of the model alone. */
let rollout: Lineup | undefined;
let bank: LoadedModel;
let tiny: LoadedModel;

const server = createScorerHttp({
  telemetry: createTelemetry({ service: 'scorer', logLevel: 'silent' }),
  health: () => ({ ready: true }),
  currentLineup: () => rollout ?? (model === undefined ? undefined : aloneInLineup(model)),
  publishLead: async (event, entityId, timeField) => {
    published.push({ event, entityId, timeField });
    return publishOutcome;
  },
  nowMs: () => NOW_MS,
  newEventId: () => 'new-id',
});

beforeAll(async () => {
  bank = await openModel(
    await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname),
  );
  const pkg = await writeTinyPackage();
  tiny = await openModel(await loadPackage(pkg.dir));
  await pkg.remove();
  model = bank;
});

afterEach(() => {
  model = bank;
  rollout = undefined;
  published.length = 0;
  publishOutcome = { ok: true, partition: 3, offset: 42 };
});

afterAll(() => Promise.all([bank.close(), tiny.close(), server.close()]));

function score(payload: object) {
  return server.inject({ method: 'POST', url: '/score-lead', payload });
}

/** A status and the error's code and field, of an answer that isn't a success. */
async function refusalOf(payload: object): Promise<unknown[]> {
  const answer = await score(payload);
  const { code, field } = answer.json().error;
  return [answer.statusCode, code, field];
}

describe('POST /score-lead', () => {
  test('gives each golden row the training framework’s own score', async () => {
    const { golden } = await loadPackage(new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname);
    expect(golden.rows.length).toBeGreaterThan(100);
    for (const { event, score: expected } of golden.rows) {
      const { lead_score } = (await score({ ...event, lead_id: 'a' })).json();
      expect(Math.abs(lead_score - expected)).toBeLessThan(1e-5);
    }
  });

  test('answers with the lead’s id, score, band, version and time', async () => {
    model = tiny;
    const answer = await score({ lead_id: 17, size: 2, color: 'green', active: true, colour: 'green' });
    expect(answer.statusCode).toBe(200);
    expect(answer.json()).toEqual({
      lead_id: '17',
      lead_score: 7,
      score_category: 'high',
      model_version: '1.0.0',
      experiment_id: null,
      prediction_timestamp: '2024-05-01T12:00:00.000Z',
      latency_ms: expect.any(Number),
      reasons: [],
      ignored_fields: ['colour'],
    });
    expect(published).toEqual([]);
  });

  test.each([
    ['no lead id', { age: 30 }, [422, 'identity.missing', 'lead_id']],
    ['a wrong lead id', { lead_id: true }, [422, 'identity.wrong_type', 'lead_id']],
    ['a string for a number', { lead_id: 'a', age: '30' }, [422, 'feature.wrong_type', 'age']],
    ['a number for a level', { lead_id: 'a', job: 4 }, [422, 'feature.wrong_type', 'job']],
    ['a record for a number', { lead_id: 'a', age: {} }, [422, 'feature.wrong_type', 'age']],
    ['a number beyond float32', { lead_id: 'a', age: 1e39 }, [422, 'feature.not_finite', 'age']],
    ['a time that is none', { lead_id: 'a', created_at: 'soon' }, [422, 'identity.wrong_type', 'created_at']],
    [
      'a publish that is no boolean',
      { lead_id: 'a', publish: 'yes' },
      [422, 'request.wrong_type', 'publish'],
    ],
    ['no object', [], [400, 'request.malformed', undefined]],
  ])('refuses %s by field', async (_what, body, refusal) => {
    expect(await refusalOf(body)).toEqual(refusal);
  });

  test('refuses what the model cannot score', async () => {
    model = tiny;
    expect(await refusalOf({ lead_id: 'a', color: 'red', active: true })).toEqual([
      422,
      'model.not_finite',
      undefined,
    ]);
    expect(await refusalOf({ lead_id: 'a', color: 'mauve' })).toEqual([422, 'feature.unseen_level', 'color']);
  });

  test('is 503 while there is no model', async () => {
    model = undefined;
    expect(await refusalOf({ lead_id: 'a' })).toEqual([503, 'model.not_loaded', undefined]);
    expect((await server.inject('/model-info')).statusCode).toBe(503);
  });
});

describe('while a rollout assigns', () => {
  /** All leads go to version 2.0.0, if it is in memory. */
  const canaryOf = (treatment: LoadedModel | undefined): Lineup => ({
    production: tiny,
    traffic: {
      experimentId: 'r1',
      production: 'tiny@1.0.0',
      treatments: [{ ref: 'tiny@2.0.0', from: 0, to: 1 }],
    },
    treatments: [treatment],
  });
  const canary = (change: Partial<LoadedModel> = {}): LoadedModel => ({
    ...tiny,
    manifest: { ...tiny.manifest, version: '2.0.0' },
    ...change,
  });
  const versionOf = async (lead: object) => {
    const { model_version: version, experiment_id: experiment } = (await score(lead)).json();
    return [version, experiment];
  };
  const good = { lead_id: 'a', size: 2, color: 'green', active: true };

  test('a lead is scored by the version that its id is assigned to', async () => {
    rollout = canaryOf(canary());
    expect(await versionOf(good)).toEqual(['2.0.0', 'r1']);
    rollout = {
      ...rollout,
      traffic: { ...rollout.traffic, treatments: [{ ref: 'tiny@2.0.0', from: 0, to: 0 }] },
    };
    expect(await versionOf(good)).toEqual(['1.0.0', 'r1']);
  });

  test.each([
    ['throws', () => canary({ score: () => Promise.reject(new Error('out of memory')) })],
    [
      'gives NaN',
      () =>
        canary({
          async score(_matrix, rows, out) {
            out.fill(NaN, 0, rows);
            return { inferenceUs: 1 };
          },
        }),
    ],
    [
      'does not take it',
      () =>
        canary({
          encoder: {
            ...tiny.encoder,
            encode: () => ({ code: 'feature.unseen_level', message: '', field: 'color' }),
          },
        }),
    ],
    ['is not in memory', () => undefined],
  ])('production answers where the version %s', async (_what, treatmentOf) => {
    rollout = canaryOf(treatmentOf());
    expect(await versionOf(good)).toEqual(['1.0.0', 'r1']);
  });

  test('what production can not score either is refused as ever', async () => {
    rollout = canaryOf(canary());
    expect(await refusalOf({ ...good, color: 'mauve' })).toEqual([422, 'feature.unseen_level', 'color']);
  });

  test('GET /model-info tells production’s model and the rollout beside it', async () => {
    rollout = canaryOf(undefined);
    expect((await server.inject('/model-info')).json()).toMatchObject({
      name: 'tiny',
      version: '1.0.0',
      rollout: {
        id: 'r1',
        treatments: [{ model: 'tiny', version: '2.0.0', share: 1, in_memory: false }],
      },
    });
  });
});

describe('publish: true', () => {
  test('puts the lead on the topic with an id and a time', async () => {
    const { published: place } = (await score({ lead_id: 'a', age: 30, publish: true })).json();
    expect(place).toEqual({ event_id: 'new-id', partition: 3, offset: 42 });
    expect(published).toEqual([
      {
        entityId: 'a',
        timeField: 'created_at',
        event: { lead_id: 'a', age: 30, event_id: 'new-id', created_at: NOW_MS },
      },
    ]);
  });

  test('keeps the id and the time that the lead brings', async () => {
    await score({ lead_id: 'a', event_id: 'e1', created_at: '2008-05-01T00:00:00Z', publish: true });
    const { event } = published[0]!;
    expect([event['event_id'], event['created_at']]).toEqual(['e1', Date.UTC(2008, 4, 1)]);
  });

  test('publishes nothing that was refused', async () => {
    await refusalOf({ lead_id: 'a', age: '30', publish: true });
    expect(published).toEqual([]);
  });

  test('says which field the topic’s schema refuses, and when the topic is away', async () => {
    publishOutcome = { ok: false, reason: 'refused', field: 'age', message: 'age must be an int' };
    expect(await refusalOf({ lead_id: 'a', age: 30.5, publish: true })).toEqual([
      422,
      'publish.refused',
      'age',
    ]);
    publishOutcome = { ok: false, reason: 'unavailable', message: 'broker away' };
    expect(await refusalOf({ lead_id: 'a', publish: true })).toEqual([503, 'publish.unavailable', undefined]);
  });
});

test('GET /model-info tells the model that scores now', async () => {
  const info = (await server.inject('/model-info')).json();
  expect(info).toMatchObject({ name: 'bank-leads', version: '1.0.0', task: 'classification' });
  expect(info.features).toHaveLength(bank.manifest.features.length);
  expect(info.training.metrics).toEqual(bank.manifest.training.metrics);
  expect(Date.parse(info.loaded_at)).toBe(bank.loadedAtMs);
  expect(info.rollout).toBeNull();
});

test('OpenAPI describes each route, with the fields of the model that scores now', async () => {
  const document = (await server.inject('/openapi.json')).json();
  expect(document.openapi).toBe('3.1.0');
  expect(Object.keys(document.paths).sort()).toEqual([
    '/health',
    '/live',
    '/metrics',
    '/model-info',
    '/score-lead',
  ]);
  expect(document.paths['/score-lead'].post.requestBody.content['application/json'].schema).toEqual({
    $ref: '#/components/schemas/Lead',
  });
  expect(document.components.schemas.Lead).toMatchObject({
    required: ['lead_id'],
    properties: { age: { type: ['number', 'null'] }, job: { examples: expect.arrayContaining(['student']) } },
  });

  model = tiny;
  const { Lead } = (await server.inject('/openapi.json')).json().components.schemas;
  expect(Lead.properties.color.enum).toEqual(['red', 'green', 'blue', 'unknown', null]);
});
