import { ByteReader } from './byte-reader.ts';
import { ByteWriter } from './byte-writer.ts';
import { type Request, requireNoError } from './request.ts';

const FINALIZED_FEATURES_TAG = 2;

/** ApiVersions, version 3: the features that the whole cluster has by now, name to level. */
export function finalizedFeatures(): Request<ReadonlyMap<string, number>> {
  const body = new ByteWriter().compactString('scoreline').compactString('1').noTags();
  const name = 'to tell its features';
  return { name, apiKey: 18, version: 3, body, read: (answer) => readFeatures(name, new ByteReader(answer)) };
}

function readFeatures(name: string, answer: ByteReader): ReadonlyMap<string, number> {
  requireNoError(name, answer.int16());
  answer.compactArray(() => {
    for (let field = 0; field < 3; field += 1) answer.int16();
    answer.tags();
  });
  answer.int32();
  const features = answer.tags().get(FINALIZED_FEATURES_TAG);
  if (features === undefined) return new Map();
  const reader = new ByteReader(features);
  return new Map(
    reader.compactArray(() => {
      const feature = reader.compactString() ?? '';
      const level = reader.int16();
      reader.int16();
      reader.tags();
      return [feature, level] as const;
    }),
  );
}
