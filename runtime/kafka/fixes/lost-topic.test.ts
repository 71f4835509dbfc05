import { describe, expect, it } from 'vitest';
import { rejoinAfterLostTopic, type ConsumerGroupState } from './lost-topic.ts';

/** A consumer group that, like kafkajs's, fails to recover while its topic is gone. */
function setUp() {
  const calls: string[] = [];
  let gone = false;
  const original = {
    async fetch(this: ConsumerGroupState) {
      calls.push('fetch');
      if (gone) await this.recoverFromFetch({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
      return [];
    },
    async recoverFromFetch(this: ConsumerGroupState) {
      await this.cluster.refreshMetadata();
      await this.joinAndSync();
    },
  };
  const group: ConsumerGroupState = {
    cluster: {
      async refreshMetadata() {
        calls.push('refresh');
        if (gone) throw new Error('unknown topic');
      },
    },
    joinAndSync: async () => void calls.push('join'),
    ...rejoinAfterLostTopic(original),
  };
  return { group, calls, setGone: (now: boolean) => (gone = now) };
}

describe('rejoinAfterLostTopic', () => {
  it('fetches as ever while nothing is lost', async () => {
    const { group, calls } = setUp();
    await group.fetch(1);
    expect(calls).toEqual(['fetch']);
  });

  it('joins anew before it fetches again once the topic is back, and then no more', async () => {
    const { group, calls, setGone } = setUp();
    setGone(true);
    await expect(group.fetch(1)).rejects.toThrow('unknown topic');
    await expect(group.fetch(1)).rejects.toThrow('unknown topic');
    setGone(false);
    calls.length = 0;
    await group.fetch(1);
    await group.fetch(1);
    expect(calls).toEqual(['refresh', 'join', 'fetch']);
  });

  it('leaves every other error to kafkajs, and joins once where it recovers at once', async () => {
    const { group, calls } = setUp();
    await group.recoverFromFetch({ type: 'OFFSET_OUT_OF_RANGE' });
    await group.recoverFromFetch({ type: 'UNKNOWN_TOPIC_OR_PARTITION' });
    await group.fetch(1);
    expect(calls).toEqual(['refresh', 'join', 'refresh', 'join', 'fetch']);
  });
});
