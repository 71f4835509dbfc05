import { describe, expect, it } from 'vitest';
import { moveToDefaultOffset } from './default-offset.ts';

/** An offset manager of one topic, whose partition 1 begins at 60. */
function setUp(resolvedOffsets: Record<string, Record<number, string>>) {
  const asked: object[] = [];
  const manager = {
    cluster: {
      async fetchTopicsOffset(topics: readonly object[]) {
        asked.push(...topics);
        return [{ partitions: [{ partition: 1, offset: '60' }] }];
      },
    },
    topicConfigurations: { leads: { fromBeginning: true } },
    resolvedOffsets,
  };
  return { manager, asked };
}

describe('moveToDefaultOffset', () => {
  it("goes on at the log's start, asked for as the topic was subscribed, and commits nothing", async () => {
    const { manager, asked } = setUp({ leads: { 0: '7', 1: '20' } });
    await moveToDefaultOffset(manager, { topic: 'leads', partition: 1 });
    expect(manager.resolvedOffsets).toEqual({ leads: { 0: '7', 1: '60' } });
    expect(asked).toEqual([{ topic: 'leads', partitions: [{ partition: 1 }], fromBeginning: true }]);
  });

  it('leaves alone what it was not told about, and a topic that is no longer assigned', async () => {
    const { manager } = setUp({ leads: { 2: '20' } });
    await moveToDefaultOffset(manager, { topic: 'leads', partition: 2 });
    await moveToDefaultOffset(manager, { topic: 'others', partition: 1 });
    expect(manager.resolvedOffsets).toEqual({ leads: { 2: '20' } });
  });
});
