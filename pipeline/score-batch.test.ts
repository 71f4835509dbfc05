import { readFile } from 'node:fs/promises';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { countOf } from '@scoreline/runtime/kafka/packed-records.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { type LoadedModel, openModel } from '@scoreline/runtime/model-package/open.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import {
  createScoringRoom,
  openTinyModel,
  recordOf,
  SCORED_AT_MS,
  TINY_LEAD_SCHEMA,
  tinyLead,
} from './testing/scoring-room.ts';

const BANK_PACKAGE = new URL('../models/bank-leads/1.0.0/', import.meta.url).pathname;

let bank: LoadedModel;
let tiny: LoadedModel;
let room: Awaited<ReturnType<typeof createScoringRoom>>;

beforeAll(async () => {
  bank = await openModel(await loadPackage(BANK_PACKAGE));
  tiny = await openTinyModel();
});
afterAll(() => Promise.all([bank.close(), tiny.close()]));
beforeEach(async () => {
  room = await createScoringRoom(tiny);
});

const writeLead = (changes: object): Promise<Buffer> => room.write({ ...tinyLead, ...changes });

describe('a score', () => {
  it('says of which event, by which model, from what inputs and where the event stands', async () => {
    const { scores } = await room.score(await writeLead({}));
    expect(scores).toEqual([
      {
        key: 'lead-1',
        headers: {},
        value: {
          event_id: 'event-1',
          lead_id: 'lead-1',
          group_id: null,
          model: 'tiny',
          model_version: '1.0.0',
          role: 'production',
          run_id: null,
          experiment_id: null,
          fallback_from: null,
          fallback_code: null,
          score: 7,
          band: 'high',
          reasons: [],
          inputs: [2, 'green', 1],
          bins: [1, 1, 1],
          event_time: tinyLead.created_at,
          scored_at: SCORED_AT_MS,
          inference_us: expect.any(Number),
          source: { topic: 'lead-created', partition: 3, offset: 100, timestamp: SCORED_AT_MS - 40 },
        },
      },
    ]);
  });

  it('has the role of the service', async () => {
    const shadow = await createScoringRoom(tiny, 'shadow');
    const { scores } = await shadow.score(await shadow.write(tinyLead));
    expect(scores[0]?.value.role).toBe('shadow');
  });

  it("has the record's place for an event without an id", async () => {
    const { scores } = await room.score(
      await writeLead({ event_id: null }),
      await writeLead({ event_id: '' }),
    );
    expect(scores.map(({ value }) => value.event_id)).toEqual(['lead-created-3-100', 'lead-created-3-101']);
  });

  it("has Kafka's time for an event without one, and reads ISO 8601", async () => {
    const { scores } = await room.score(
      await writeLead({ created_at: null }),
      await writeLead({ created_at: '2008-05-05T00:00:00Z' }),
    );
    expect(scores.map(({ value }) => value.event_time)).toEqual([SCORED_AT_MS - 40, Date.UTC(2008, 4, 5)]);
  });

  it("has the event's time in the unit of its schema", async () => {
    const micros = TINY_LEAD_SCHEMA.replace('timestamp-millis', 'timestamp-micros');
    const event = { ...tinyLead, created_at: 1_714_561_200_123_456 };
    const { scores } = await room.score(await room.write(event, micros));
    expect(scores[0]?.value.event_time).toBe(1_714_561_200_123);
  });

  it('comes for each record: an event id that the CRM sends twice is told apart by source', async () => {
    const value = await writeLead({});
    const { scores } = await room.score(value, value);
    expect(scores.map((score) => [score.value.event_id, score.value.source.offset])).toEqual([
      ['event-1', 100],
      ['event-1', 101],
    ]);
  });

  it('comes in the order of the events', async () => {
    const sizes = Array.from({ length: 600 }, (_, size) => size);
    const { scores } = await room.score(...(await Promise.all(sizes.map((size) => writeLead({ size })))));
    expect(scores.map(({ value }) => value.score)).toEqual(sizes.map((size) => size + 5));
  });
});

describe('trace context', () => {
  const traceparent = Buffer.from('00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01');
  const scoreWith = async (headers: Record<string, Buffer>) => {
    const { scores } = await room.score({ value: await writeLead({}), headers });
    return scores[0]?.headers;
  };

  it('is carried from lead to score, and nothing else is', async () => {
    const tracestate = Buffer.from('vendor=value');
    const other = Buffer.from('crm');
    expect(await scoreWith({ traceparent, tracestate, other })).toEqual({ traceparent, tracestate });
  });

  it.each([
    ['not one', { traceparent: Buffer.from('my trace') }, {}],
    ['too long', { traceparent: Buffer.concat([traceparent, Buffer.alloc(1_000_000, 'x')]) }, {}],
    ['a state alone', { tracestate: Buffer.from('vendor=value') }, {}],
    ['a state too long', { traceparent, tracestate: Buffer.alloc(600, 'x') }, { traceparent }],
  ])('is left behind where it is %s', async (_what, headers: Record<string, Buffer>, carried) => {
    expect(await scoreWith(headers)).toEqual(carried);
  });
});

describe('the bank model', () => {
  beforeEach(async () => {
    room = await createScoringRoom(bank);
  });
  const identity = { event_id: 'e', lead_id: 'l', created_at: tinyLead.created_at };
  const writeContact = (event: object): Promise<Buffer> =>
    room.write({ ...identity, ...event }, contractSchema('lead-created'));
  const readGolden = async () =>
    JSON.parse(await readFile(`${BANK_PACKAGE}golden.json`, 'utf8')) as {
      rows: { event: Record<string, unknown>; score: number }[];
    };

  it('gives each golden row the score of the training framework', async () => {
    const { rows } = await readGolden();
    const { scores } = await room.score(...(await Promise.all(rows.map(({ event }) => writeContact(event)))));
    const largest = Math.max(
      ...rows.map(({ score }, row) => Math.abs(score - (scores[row]?.value.score ?? NaN))),
    );
    expect(largest).toBeLessThan(1e-5);
  });

  it('scores what is missing, by its rule: null, a placeholder and an absent field are the same', async () => {
    const { rows } = await readGolden();
    const { job: _job, pdays: _pdays, ...rest } = rows[0]!.event;
    const { scores } = await room.score(
      await writeContact({ ...rest, job: null, pdays: null }),
      await writeContact({ ...rest, job: 'unknown', pdays: 999 }),
      await writeContact(rest),
    );
    expect(new Set(scores.map(({ value }) => value.score)).size).toBe(1);
    expect(scores.map(({ value }) => [value.inputs[1], value.inputs[11]])).toEqual(
      Array.from({ length: 3 }, () => [null, null]),
    );
  });

  it('scores a level that it never saw, and keeps it in sight', async () => {
    const { rows } = await readGolden();
    const { scores, deadLetters } = await room.score(
      await writeContact({ ...rows[0]!.event, job: 'astronaut' }),
    );
    expect(deadLetters).toEqual([]);
    expect(scores[0]?.value.inputs[1]).toBe('astronaut');
  });

  it('takes NaN for missing and the largest longs for numbers', async () => {
    const schema = contractSchema('lead-created')
      .replace(/("name": "age",\s+"type": \[\s+"null",\s+)"int"/, '$1"long"')
      .replace(/("name": "campaign",\s+"type": \[\s+"null",\s+)"int"/, '$1"double"');
    const { rows } = await readGolden();
    const value = await room.write(
      { ...identity, ...rows[0]!.event, age: 2 ** 53 - 2, campaign: NaN },
      schema,
    );
    const { scores } = await room.score(value);
    expect(scores[0]?.value.inputs).toMatchObject({ 0: 2 ** 53 - 2, 10: null });
  });
});

describe('an outage of the registry', () => {
  it('makes the batch wait, with the reason, and loses nothing', async () => {
    const value = await writeLead({});
    room.registry.goAway();
    const batch = [recordOf(value, 0), recordOf(null, 1)];
    expect(await room.scoreBatch(batch)).toEqual({
      fate: 'unavailable',
      reason: 'the schema registry does not answer',
    });
    room.registry.comeBack();
    const transformed = await room.scoreBatch(batch);
    if (transformed.fate !== 'done') throw new Error(transformed.reason);
    expect(Object.values(transformed.outputs).map(countOf)).toEqual([1, 1]);
  });

  it('goes unnoticed where the schemas are known', async () => {
    const value = await writeLead({});
    await room.score(value);
    room.registry.goAway();
    expect((await room.score(value)).scores).toHaveLength(1);
  });
});

describe('metrics', () => {
  const countOf = async (name: string): Promise<number> => {
    const line = (await room.metrics()).split('\n').find((each) => each.startsWith(name));
    return Number(line?.split(' ').at(-1) ?? 0);
  };

  it('count a batch once its transaction has committed, however often it was tried', async () => {
    const batch = [recordOf(await writeLead({}), 0), recordOf(null, 1)];
    await room.scoreBatch(batch);
    expect(await countOf('scoreline_scores_out_total')).toBe(0);
    const transformed = await room.scoreBatch(batch);
    if (transformed.fate === 'done') transformed.onCommitted?.();
    expect(await countOf('scoreline_leads_in_total')).toBe(2);
    expect(await countOf('scoreline_scores_out_total')).toBe(1);
    expect(await countOf('scoreline_dead_letters_total{code="value.empty"}')).toBe(1);
  });
});
