/** The parts of kafkajs's OffsetManager that a fetch out of range needs. */
export interface OffsetManagerState {
  readonly cluster: {
    refreshMetadata(): Promise<void>;
    fetchTopicsOffset(topics: readonly OffsetQuestion[]): Promise<readonly FetchedOffsets[]>;
  };
  readonly topicConfigurations: Readonly<Record<string, { readonly fromBeginning?: boolean }>>;
  /** Topic and partition to the next offset to be fetched. */
  readonly resolvedOffsets: Readonly<Record<string, Record<number, string>>>;
}

interface OffsetQuestion {
  readonly topic: string;
  readonly partitions: readonly { readonly partition: number }[];
  /** True: where the log begins; else where it ends. */
  readonly fromBeginning: boolean;
}

interface FetchedOffsets {
  readonly partitions: readonly { readonly partition: number; readonly offset: string }[];
}

interface Place {
  readonly topic: string;
  readonly partition: number;
}

/**
 * Where to go on when a fetch was out of range, asked of the partition's leader of now: a former leader that follows
 * now and hasn't caught up says so of offsets that are there (fetches of today's versions are answered by followers,
 * KIP-392), and then nothing changes but who is asked. Of an offset that isn't there, at the log's start (or end, as the
 * topic was subscribed).
 *
 * kafkajs 2.2.4 does that in either case, and reads a whole partition again when a leader has moved; and it commits a
 * mark of its own, −2, over the group's offset: outside the transaction that owns it, and the only trace of which
 * records retention deleted before they were read is gone.
 */
export async function moveToDefaultOffset(manager: OffsetManagerState, place: Place): Promise<void> {
  await manager.cluster.refreshMetadata();
  const resolved = manager.resolvedOffsets[place.topic];
  const [low, high] = [await askBound(manager, place, true), await askBound(manager, place, false)];
  const next = resolved?.[place.partition];
  if (resolved === undefined || low === undefined || high === undefined) return;
  if (next !== undefined && BigInt(low) <= BigInt(next) && BigInt(next) <= BigInt(high)) return;
  const { fromBeginning = false } = manager.topicConfigurations[place.topic] ?? {};
  resolved[place.partition] = fromBeginning ? low : high;
}

async function askBound(
  { cluster }: OffsetManagerState,
  { topic, partition }: Place,
  fromBeginning: boolean,
): Promise<string | undefined> {
  const [found] = await cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], fromBeginning }]);
  return found?.partitions.find((each) => each.partition === partition)?.offset;
}
