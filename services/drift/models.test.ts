import { expect, test } from 'vitest';
import { createModelCatalog } from './models.ts';

test('partitions that meet an unknown version at once look for its package once', async () => {
  const asked: string[] = [];
  const { promise: answered, resolve: answer } = Promise.withResolvers<undefined>();
  const refused = async (): Promise<never> => {
    throw new Error('no rows are expected');
  };
  const models = createModelCatalog({
    modelsDir: '/nowhere',
    findRegistered({ modelVersion }) {
      asked.push(modelVersion);
      return answered;
    },
    database: { query: refused, command: refused, insert: refused, close: async () => {} },
    events: { modelKnown: () => {}, modelUnknown: () => {}, segmentsLeftOut: () => {} },
    nowMs: () => 0,
  });
  const version = { model: 'm', modelVersion: '1.0.0' };
  const learning = Promise.all([models.learn([version]), models.learn([version])]);
  answer(undefined);
  await learning;
  expect(asked).toEqual(['1.0.0']);
});
