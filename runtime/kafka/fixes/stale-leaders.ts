/** The parts of kafkajs's Cluster that know leaders. */
export interface LeaderState {
  refreshMetadata(): Promise<void>;
  fetchTopicsOffset(topics: readonly object[]): Promise<readonly object[]>;
}

/** What brokers answer to who asks the wrong one. */
const STALE = new Set([
  'NOT_LEADER_FOR_PARTITION',
  'LEADER_NOT_AVAILABLE',
  'REPLICA_NOT_AVAILABLE',
  'FENCED_LEADER_EPOCH',
  'KAFKA_STORAGE_ERROR',
  // Of a topic that was made anew, while the brokers don't all know.
  'UNKNOWN_TOPIC_OR_PARTITION',
]);

/**
 * Asks where a partition's log ends again, of its leader of now, where the one that was known has moved. kafkajs 2.2.4's
 * admin goes on asking the old one until its metadata are five minutes old: so long could nobody who had just got
 * such a partition find out where to begin.
 */
export function askNewLeaders(
  original: Pick<LeaderState, 'fetchTopicsOffset'>,
): Pick<LeaderState, 'fetchTopicsOffset'> {
  return {
    async fetchTopicsOffset(this: LeaderState, topics) {
      try {
        return await original.fetchTopicsOffset.call(this, topics);
      } catch (error) {
        const type: unknown = error instanceof Error && 'type' in error ? error.type : undefined;
        if (typeof type !== 'string' || !STALE.has(type)) throw error;
        await this.refreshMetadata();
        return await original.fetchTopicsOffset.call(this, topics);
      }
    },
  };
}
