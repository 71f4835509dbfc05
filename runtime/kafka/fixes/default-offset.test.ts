import { describe, expect, it } from 'vitest';
import { moveToDefaultOffset } from './default-offset.ts';

/** An offset manager of one topic, whose partition 1 holds 60 to 80. */
function setUp(resolvedOffsets: Record<string, Record<number, string>>, fromBeginning = true) {
  const log: string[] = [];
  const manager = {
    cluster: {
      async refreshMetadata() {
        log.push('refreshed');
      },
      async fetchTopicsOffset([asked]: readonly { readonly fromBeginning: boolean }[]) {
        log.push(asked?.fromBeginning === true ? 'asked for the start' : 'asked for the end');
        return [{ partitions: [{ partition: 1, offset: asked?.fromBeginning === true ? '60' : '80' }] }];
      },
    },
    topicConfigurations: { leads: { fromBeginning } },
    resolvedOffsets,
  };
  return { manager, log };
}

describe('moveToDefaultOffset', () => {
  it("goes on at the log's start, or end, as the topic was subscribed, and commits nothing", async () => {
    const { manager } = setUp({ leads: { 0: '7', 1: '20' } });
    await moveToDefaultOffset(manager, { topic: 'leads', partition: 1 });
    expect(manager.resolvedOffsets).toEqual({ leads: { 0: '7', 1: '60' } });
    const latest = setUp({ leads: { 1: '20' } }, false);
    await moveToDefaultOffset(latest.manager, { topic: 'leads', partition: 1 });
    expect(latest.manager.resolvedOffsets).toEqual({ leads: { 1: '80' } });
  });

  it('goes on at the start of a log that is shorter than it was', async () => {
    const { manager } = setUp({ leads: { 1: '81' } });
    await moveToDefaultOffset(manager, { topic: 'leads', partition: 1 });
    expect(manager.resolvedOffsets).toEqual({ leads: { 1: '60' } });
  });

  it.each(['60', '70', '80'])(
    'stays at %s, which is there: a follower that has not caught up was asked',
    async (next) => {
      const { manager, log } = setUp({ leads: { 1: next } });
      await moveToDefaultOffset(manager, { topic: 'leads', partition: 1 });
      expect(manager.resolvedOffsets).toEqual({ leads: { 1: next } });
      // Of the leader of now, whom the next fetch asks, too.
      expect(log).toEqual(['refreshed', 'asked for the start', 'asked for the end']);
    },
  );

  it('leaves alone what it was not told about, and a topic that is no longer assigned', async () => {
    const { manager } = setUp({ leads: { 2: '20' } });
    await moveToDefaultOffset(manager, { topic: 'leads', partition: 2 });
    await moveToDefaultOffset(manager, { topic: 'others', partition: 1 });
    expect(manager.resolvedOffsets).toEqual({ leads: { 2: '20' } });
  });
});
