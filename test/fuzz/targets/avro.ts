import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { createAvroWriter } from '@scoreline/runtime/avro/codec.ts';
import { avroLead, framed, LEAD_SCHEMA } from '@scoreline/runtime/testing/avro-room.ts';
import { createScoringRoom, openTinyModel, tinyLead } from '@scoreline/pipeline/testing/scoring-room.ts';
import type { FuzzTarget } from '../target.ts';
import { findLeadData, LEAD_DATA } from './lead-data.ts';

/** Schemas that a registry may hold: deep, empty, of one value, and with items that take no bytes. */
const ODD_SCHEMAS = [
  '{"type":"record","name":"Node","fields":[{"name":"lead_id","type":["null","string"]},{"name":"next","type":["null","Node"]}]}',
  '{"type":"record","name":"N","fields":[{"name":"lead_id","type":"string"},{"name":"many","type":{"type":"array","items":{"type":"array","items":"null"}}}]}',
  '{"type":"record","name":"M","fields":[{"name":"lead_id","type":"string"},{"name":"size","type":{"type":"map","values":{"type":"map","values":"double"}}}]}',
  '{"type":"record","name":"F","fields":[{"name":"lead_id","type":{"type":"fixed","name":"Id","size":16}},{"name":"size","type":"bytes"}]}',
  '["null","long","string"]',
  '{"type":"map","values":["null","double","string","boolean"]}',
];

/** A record of `lead-created` on its way to a score or a dead letter. */
export const avroTarget: FuzzTarget = {
  name: 'avro',
  reads: 'a record of lead-created: wire format, codec, features, model, score or dead letter',
  form: 'bytes',
  words: [
    '\0\0\0\0\u0001',
    '\0\0\0\0\u0002',
    '\0\0\0\0\u0003',
    '\0\0\0\0\u0004',
    'green',
    '2024-05-01',
    '__proto__',
  ],
  async open() {
    const model = await openTinyModel();
    const room = await createScoringRoom(model);
    const seeds = [
      await room.write({ ...tinyLead, lead_id: LEAD_DATA }),
      await room.write({ ...tinyLead, color: null, size: LEAD_DATA }),
      await room.write({ ...avroLead, tags: [LEAD_DATA] }, LEAD_SCHEMA),
      await room
        .write({ lead_id: LEAD_DATA, created_at: 1 }, contractSchema('lead-created'))
        .catch(() => framed(1)),
    ];
    for (const schema of ODD_SCHEMAS) {
      const { schemaId } = await createAvroWriter(room.registry, 'lead-created-value', schema);
      seeds.push(framed(schemaId, 2, 2, 97, 0, 0), framed(schemaId, 0));
    }
    return {
      seeds,
      async take(input) {
        const { scores, deadLetters } = await room.score(input);
        const logged = room.logged.splice(0).join('');
        if (scores.length + deadLetters.length !== 1)
          return `${scores.length} scores and ${deadLetters.length} dead letters came of one record`;
        if (scores.some(({ value }) => !Number.isFinite(value.score))) return 'a score is not finite';
        const [letter] = deadLetters;
        const message = String(letter?.headers?.['dlq.error.message'] ?? '');
        return findLeadData('the dead letter’s message', message) ?? findLeadData('the log', logged);
      },
      close: () => model.close(),
    };
  },
};
