/** The parts of kafkajs's OffsetManager that a fetch out of range needs. */
export interface OffsetManagerState {
  readonly cluster: {
    fetchTopicsOffset(topics: readonly object[]): Promise<readonly FetchedOffsets[]>;
  };
  readonly topicConfigurations: Readonly<Record<string, { readonly fromBeginning?: boolean }>>;
  /** Topic and partition to the next offset to be fetched. */
  readonly resolvedOffsets: Readonly<Record<string, Record<number, string>>>;
}

interface FetchedOffsets {
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
}

/**
 * Goes on at the log's start (or end, as the topic was subscribed) when a fetch was out of range, and leaves the
 * group's committed offset alone. kafkajs 2.2.4 commits a mark of its own, −2, over it: outside the transaction that
 * owns the offset, and the only trace of which records retention deleted before they were read is gone.
 */
export async function moveToDefaultOffset(
  manager: OffsetManagerState,
  { topic, partition }: { readonly topic: string; readonly partition: number },
): Promise<void> {
  const asked = { topic, partitions: [{ partition }], ...manager.topicConfigurations[topic] };
  const [found] = await manager.cluster.fetchTopicsOffset([asked]);
  const offset = found?.partitions.find((each) => each.partition === partition)?.offset;
  const resolved = manager.resolvedOffsets[topic];
  if (offset !== undefined && resolved !== undefined) resolved[partition] = offset;
}
