import { expect, test } from 'vitest';
import { createModelCatalog } from './models.ts';

const refused = async (): Promise<never> => {
  throw new Error('no rows are expected');
};
const database = { query: refused, command: refused, insert: refused, close: async () => {} };

test('what is told of a version is its name alone, whatever else whoever asks knows of it', async () => {
  const told: object[] = [];
  const models = createModelCatalog({
    modelsDir: '/nowhere',
    database,
    events: {
      modelKnown: () => {},
      modelUnknown: (version) => told.push(version),
      segmentsLeftOut: () => {},
    },
    nowMs: () => 0,
  });
  const scope = { model: 'm', modelVersion: '1.0.0', role: 'production' };
  await models.learn([scope]);
  // A metric's labels are made of it: one more is refused.
  expect(told).toEqual([{ model: 'm', modelVersion: '1.0.0' }]);
});

test('partitions that meet an unknown version at once look for its package once', async () => {
  const asked: string[] = [];
  const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
  const models = createModelCatalog({
    modelsDir: '/nowhere',
    findRegistered({ modelVersion }) {
      asked.push(modelVersion);
      return answered;
    },
    database,
    events: { modelKnown: () => {}, modelUnknown: () => {}, segmentsLeftOut: () => {} },
    nowMs: () => 0,
  });
  const version = { model: 'm', modelVersion: '1.0.0' };
  const learning = Promise.all([models.learn([version]), models.learn([version])]);
  answer(undefined);
  await learning;
  expect(asked).toEqual(['1.0.0']);
});
