import { BOUNDED_RETRY, createKafkaClient, type KafkaLogSink } from './client.ts';
import { Batch, type FetchedPartition } from './fixes/batch.ts';
import { disconnectInBackground, type KafkajsCluster, openKafkajsCluster } from './kafkajs-cluster.ts';
import type { KafkaRecord } from './record.ts';
import type { KafkaSettings } from './settings.ts';

/**
 * Reads one partition without a consumer group, as Java's `assign` and `seek` do and kafkajs can't: no group to join
 * (three seconds on brokers with default settings), none left behind, no rebalance, and each call bounded in time.
 */
export interface PartitionReader {
  /** The offset of the first record that is still there. */
  startOffset(): Promise<number>;
  /** The offset that the next record will get. */
  endOffset(): Promise<number>;
  /** Records from `from` on; none where no record comes within `maxWaitMs`. Transactions' markers are left out. */
  fetch(from: number, maxWaitMs: number): Promise<FetchedRecords>;
  close(): Promise<void>;
}

export interface FetchedRecords {
  readonly records: readonly KafkaRecord[];
  /** Where to go on. */
  readonly nextOffset: number;
}

/** Which partition, and what of it. */
export interface PartitionView {
  readonly partition: number;
  /** `committed`: no record of a transaction that was aborted, and none past the first one that is still open. */
  readonly isolation: keyof typeof ISOLATION_LEVELS;
}

const CONNECTION = { metadataMaxAge: 15_000 };
const MAX_FETCH_BYTES = 4 * 1024 * 1024;
const ISOLATION_LEVELS = { everything: 0, committed: 1 } as const;

/** Of a log of decisions: they aren't written in transactions, so what stands in the log counts for each reader. */
const WHOLE_LOG: PartitionView = { partition: 0, isolation: 'everything' };

/** A reader of one partition. After any error its connections are thrown away and made anew. */
export function createPartitionReader(
  settings: KafkaSettings,
  topic: string,
  log: KafkaLogSink,
  view: PartitionView = WHOLE_LOG,
): PartitionReader {
  let cluster: KafkajsCluster | undefined;
  const attempt = async <T>(ask: (cluster: KafkajsCluster) => Promise<T>): Promise<T> => {
    const asked = (cluster ??= openKafkajsCluster(
      createKafkaClient(settings, BOUNDED_RETRY, log),
      CONNECTION,
    ));
    try {
      await asked.connect();
      await asked.addMultipleTargetTopics([topic]);
      return await ask(asked);
    } catch (error) {
      if (cluster === asked) cluster = undefined;
      throw explain(error, topic);
    } finally {
      // Let go of meanwhile: kafkajs connects anew for a request that is made after its disconnect.
      if (cluster !== asked) disconnectInBackground(asked);
    }
  };
  return {
    startOffset: () => attempt((asked) => readOffset(asked, topic, view, true)),
    endOffset: () => attempt((asked) => readOffset(asked, topic, view, false)),
    fetch: (from, maxWaitMs) => attempt((asked) => fetchRecords(asked, topic, view, { from, maxWaitMs })),
    async close() {
      const open = cluster;
      cluster = undefined;
      await open?.disconnect();
    },
  };
}

/** The reader's position isn't in the topic: it was deleted, created anew or cut short under it. */
export class PositionGone extends Error {}

function explain(error: unknown, topic: string): unknown {
  const type: unknown = error instanceof Error && 'type' in error ? error.type : undefined;
  if (type === 'UNKNOWN_TOPIC_OR_PARTITION')
    return new Error(`missing topics: ${topic}; "npm run setup" creates them`, { cause: error });
  if (type === 'OFFSET_OUT_OF_RANGE')
    return new PositionGone(`${topic} was cut short or created anew while it was read`, { cause: error });
  return error;
}

async function readOffset(
  cluster: KafkajsCluster,
  topic: string,
  { partition }: PartitionView,
  fromBeginning: boolean,
): Promise<number> {
  const [answer] = await cluster.fetchTopicsOffset([{ topic, partitions: [{ partition }], fromBeginning }]);
  const offset = Number(answer?.partitions[0]?.offset);
  if (Number.isNaN(offset)) throw new Error(`the brokers did not say where ${topic} begins and ends`);
  return offset;
}

async function fetchRecords(
  cluster: KafkajsCluster,
  topic: string,
  { partition, isolation }: PartitionView,
  { from, maxWaitMs }: { readonly from: number; readonly maxWaitMs: number },
): Promise<FetchedRecords> {
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (nodeId === undefined) throw new Error(`${topic} has no leader of partition ${partition} now`);
  const broker = await cluster.findBroker({ nodeId });
  const { responses } = (await broker.fetch({
    maxWaitTime: maxWaitMs,
    minBytes: 1,
    maxBytes: MAX_FETCH_BYTES,
    isolationLevel: ISOLATION_LEVELS[isolation],
    topics: [{ topic, partitions: [{ partition, fetchOffset: String(from), maxBytes: MAX_FETCH_BYTES }] }],
  })) as Fetched;
  const [data] = responses[0]?.partitions ?? [];
  if (data === undefined || data.messages.length === 0) return { records: [], nextOffset: from };
  const batch = new Batch(topic, String(from), data);
  return { records: batch.messages, nextOffset: Number(batch.lastOffset()) + 1 };
}

/** What kafkajs's fetch gives. */
interface Fetched {
  readonly responses: readonly { readonly partitions: readonly FetchedPartition[] }[];
}
