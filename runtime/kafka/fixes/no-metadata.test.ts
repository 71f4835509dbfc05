import { expect, it } from 'vitest';
import { refuseNoMetadata } from './no-metadata.ts';

it('gives metadata as they came', async () => {
  const metadata = { topicMetadata: [] };
  const { metadata: ask } = refuseNoMetadata({ metadata: async () => metadata });
  expect(await ask({ topics: ['leads'] })).toBe(metadata);
});

it('says so where no broker could be asked', async () => {
  const { metadata: ask } = refuseNoMetadata({ metadata: async () => null });
  await expect(ask()).rejects.toThrow('no broker could be asked');
});
