import { readFile } from 'node:fs/promises';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { RejectionCode } from './rejection.ts';
import { createScoringRoom, openTinyModel, PROTOBUF_SCHEMA_ID, tinyLead } from './testing/scoring-room.ts';

let model: LoadedModel;
let room: Awaited<ReturnType<typeof createScoringRoom>>;

beforeAll(async () => {
  model = await openTinyModel();
});
afterAll(() => model.close());
beforeEach(async () => {
  room = await createScoringRoom(model);
});

function header(schemaId: number): Buffer {
  const bytes = Buffer.alloc(5);
  bytes.writeInt32BE(schemaId, 1);
  return bytes;
}

const writeLead = (changes: object): Promise<Buffer> => room.write({ ...tinyLead, ...changes });

/** Each code there is (the compiler sees to it), with values that end up under it. */
const provoke: Record<RejectionCode, Record<string, () => Promise<Buffer | null>>> = {
  'value.empty': {
    'a tombstone': async () => null,
    'no bytes': async () => Buffer.alloc(0),
  },
  'value.too_short': { 'half a header': async () => Buffer.from([0, 0, 0]) },
  'value.bad_magic_byte': { JSON: async () => Buffer.from(JSON.stringify(tinyLead)) },
  'schema.unknown': { 'an id that nobody registered': async () => header(4711) },
  'schema.unreadable': { protobuf: async () => header(PROTOBUF_SCHEMA_ID) },
  'value.malformed': {
    'an event cut short': async () => (await writeLead({})).subarray(0, 12),
    'bytes of another schema': async () =>
      Buffer.concat([(await writeLead({})).subarray(0, 5), Buffer.from('no lead at all')]),
    'an array that claims a billion items': async () => {
      const schema =
        '{"type":"record","name":"R","fields":[{"name":"a","type":{"type":"array","items":"int"}}]}';
      const empty = await room.write({ a: [] }, schema);
      return Buffer.concat([empty.subarray(0, 5), Buffer.from([0x80, 0xa8, 0xd6, 0xb9, 0x07])]);
    },
  },
  'value.trailing_bytes': {
    'an event and something else': async () => Buffer.concat([await writeLead({}), Buffer.from('more')]),
  },
  'value.not_a_record': {
    null: () => room.write(null, '["null","string"]'),
    'a text': () => room.write('lead', '["null","string"]'),
    'an array': () => room.write(['lead'], '{"type":"array","items":"string"}'),
  },
  'identity.missing': {
    'no lead id': () => writeLead({ lead_id: null }),
    'an empty lead id': () => writeLead({ lead_id: '' }),
  },
  'identity.wrong_type': {
    'a lead id that is a fraction': () => writeLead({ lead_id: 0.5 }),
    'an event time that is no time': () => writeLead({ created_at: 'yesterday' }),
    'an event time in microseconds, declared as milliseconds': () =>
      writeLead({ created_at: 1_714_561_200_000_000 }),
  },
  'feature.wrong_type': { 'a size that is a text': () => writeLead({ size: 'large' }) },
  'feature.not_finite': {
    'an infinite size': () => writeLead({ size: Infinity }),
    'a size beyond float32': () => writeLead({ size: 1e300 }),
  },
  'feature.unseen_level': { 'a color that the model rejects': () => writeLead({ color: 'mauve' }) },
  'model.not_finite': { 'a missing size, of which this model makes NaN': () => writeLead({ size: null }) },
  'score.too_large': { 'a lead id of 600 kB': () => writeLead({ lead_id: 'x'.repeat(600_000) }) },
};

const cases = Object.entries(provoke).flatMap(([code, values]) =>
  Object.entries(values).map(([what, value]) => ({ code, what, value })),
);

describe('a lead that can not be scored', () => {
  it.each(cases)('becomes a dead letter, $code: $what', async ({ code, value }) => {
    const bytes = await value();
    const { scores, deadLetters } = await room.score(bytes);
    expect(scores).toEqual([]);
    expect(deadLetters).toMatchObject([{ value: bytes, headers: { 'dlq.error.code': code } }]);
  });

  it('leaves the good ones around it as they were', async () => {
    const good = await writeLead({});
    const bad = await Promise.all(cases.map(({ value }) => value()));
    const { scores, deadLetters } = await room.score(...bad.flatMap((value) => [value, good]), good);
    expect(deadLetters.map(({ headers }) => headers?.['dlq.error.code'])).toEqual(
      cases.map(({ code }) => code),
    );
    expect(scores.map(({ value }) => value.score)).toEqual(Array.from({ length: cases.length + 1 }, () => 7));
  });

  it('keeps its place among the dead letters, whatever it fails at', async () => {
    const { deadLetters } = await room.score(
      await writeLead({ size: null }),
      null,
      await writeLead({ size: 'large' }),
      null,
    );
    expect(deadLetters.map(({ headers }) => headers?.['dlq.source.offset'])).toEqual([
      '100',
      '101',
      '102',
      '103',
    ]);
  });

  it('is said to be so without any of its data, in headers and logs', async () => {
    const secret = 'jane.doe@example.org';
    const { deadLetters } = await room.score(
      Buffer.from(secret),
      (await writeLead({ lead_id: secret })).subarray(0, 20),
      await writeLead({ lead_id: secret, size: secret }),
      await writeLead({ lead_id: secret, color: secret }),
      await writeLead({ lead_id: secret, created_at: secret }),
      await writeLead({ lead_id: secret, size: null }),
    );
    expect(deadLetters).toHaveLength(6);
    expect(JSON.stringify(deadLetters.map(({ headers }) => headers))).not.toContain(secret);
    expect(room.logged).toHaveLength(6);
    expect(room.logged.join()).not.toContain(secret);
    expect(await room.metrics()).not.toContain(secret);
  });
});

describe('docs/dead-letters.md', () => {
  it('explains every code, and no other', async () => {
    const page = await readFile(new URL('../docs/dead-letters.md', import.meta.url), 'utf8');
    const explained = [...page.matchAll(/^\| `((?!dlq)[a-z]+\.[a-z_]+)` +\|/gm)].map(([, code]) => code);
    expect(explained).toEqual(Object.keys(provoke));
  });

  it('names every header of a dead letter', async () => {
    const page = await readFile(new URL('../docs/dead-letters.md', import.meta.url), 'utf8');
    const { deadLetters } = await room.score(null, { value: Buffer.alloc(2_000_000) });
    const headers = new Set(deadLetters.flatMap((letter) => Object.keys(letter.headers ?? {})));
    expect(headers.size).toBeGreaterThan(7);
    expect([...headers].filter((name) => !page.includes(`| \`${name}\``))).toEqual([]);
  });
});
