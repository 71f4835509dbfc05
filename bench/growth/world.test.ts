import { writerFor } from '@scoreline/runtime/avro/codec.ts';
import { expect, test } from 'vitest';
import { countNotes, describeLeadSchema, makeUpContents, makeUpFeatures } from './world.ts';

test.each([200, 2_000, 20_000])(
  'a lead of 20 features has about the %i bytes that are asked for',
  (bytes) => {
    const features = makeUpFeatures(20);
    const notes = countNotes(features, bytes);
    const writer = writerFor(1, describeLeadSchema(features, notes));
    const contents = makeUpContents(features, notes, 1);
    const sizes = contents.map((content, i) => {
      const ids = { lead_id: `lead-${i}`, event_id: `event-${i}`, created_at: 1_700_000_000_000 };
      return writer.encode({ ...content, ...ids }).length;
    });
    const mean = sizes.reduce((sum, size) => sum + size, 0) / sizes.length;
    expect(Math.abs(mean / bytes - 1)).toBeLessThan(0.1);
  },
);
