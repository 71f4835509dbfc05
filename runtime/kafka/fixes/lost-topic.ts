/** The parts of kafkajs's ConsumerGroup that a topic's loss needs. */
export interface ConsumerGroupState {
  readonly cluster: { refreshMetadata(): Promise<void> };
  joinAndSync(): Promise<void>;
  fetch(nodeId: number): Promise<readonly object[]>;
  recoverFromFetch(error: { readonly type?: string }): Promise<void>;
  /** Ours: a topic was gone, and the group has not been joined anew since. */
  lostTopic?: boolean;
}

type Originals = Pick<ConsumerGroupState, 'fetch' | 'recoverFromFetch'>;

/**
 * Makes a consumer that was told that its topic is gone join its group anew before it fetches again. kafkajs 2.2.4
 * means to, but first asks for metadata, which fails while the topic is gone; then it goes on fetching at its old
 * offset. Where the topic was made anew meanwhile, with more records than that, it would skip the first of them.
 */
export function rejoinAfterLostTopic(original: Originals): Originals {
  return {
    async fetch(this: ConsumerGroupState, nodeId) {
      if (this.lostTopic !== true) return original.fetch.call(this, nodeId);
      await this.cluster.refreshMetadata();
      await this.joinAndSync();
      this.lostTopic = false;
      return [];
    },
    async recoverFromFetch(this: ConsumerGroupState, error) {
      if (error.type !== 'UNKNOWN_TOPIC_OR_PARTITION') return original.recoverFromFetch.call(this, error);
      this.lostTopic = true;
      // Refreshes and joins; what throws is tried again by whoever called, and begins with `fetch`.
      await original.recoverFromFetch.call(this, error);
      this.lostTopic = false;
    },
  };
}
