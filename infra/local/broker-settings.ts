/** `server.properties`. */
export type BrokerSettings = Readonly<Record<string, string | number | boolean>>;

/** Of Kafka's own topics (offsets, transactions) and of those that are made without saying so. */
export interface Replication {
  readonly replicas?: number;
  /** How many of them must have a record before it counts as written. */
  readonly inSync?: number;
  /** Of each of Kafka's own topics. */
  readonly partitions?: number;
}

/** What every broker of ours has in common: topics are made on purpose, groups begin at once, heaps are small. */
export function commonBrokerSettings({
  replicas = 1,
  inSync = 1,
  partitions = 8,
}: Replication = {}): BrokerSettings {
  return {
    'auto.create.topics.enable': false,
    'group.initial.rebalance.delay.ms': 0,
    'default.replication.factor': replicas,
    'min.insync.replicas': inSync,
    'offsets.topic.replication.factor': replicas,
    'offsets.topic.num.partitions': partitions,
    'transaction.state.log.replication.factor': replicas,
    'transaction.state.log.min.isr': inSync,
    'transaction.state.log.num.partitions': partitions,
    'share.coordinator.state.topic.replication.factor': replicas,
    'share.coordinator.state.topic.min.isr': inSync,
    // The default of 128 MiB would be a quarter of the heap and more.
    'log.cleaner.dedupe.buffer.size': 16 * 1024 * 1024,
  };
}
