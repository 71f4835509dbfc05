// Before kafkajs: its modules keep what they import when they load.
import './fixes/apply.ts';
import { setTimeout as delay } from 'node:timers/promises';
import kafkajs, { type Admin, type ConfigSource } from 'kafkajs';
import { BOUNDED_RETRY, createKafkaClient, type KafkaLogSink } from './client.ts';
import { requireTopics } from './require-topics.ts';
import type { KafkaSettings } from './settings.ts';

/** A topic on the brokers; `configs` are the values in force, those that are defaults included. */
export interface TopicDescription {
  readonly partitions: number;
  readonly configs: ReadonlyMap<string, string>;
}

/** Creates and changes topics. Every call is bounded in time and throws what the brokers answer. */
export interface TopicAdmin {
  /** Those of the named topics that exist. */
  describeTopics(names: readonly string[]): Promise<ReadonlyMap<string, TopicDescription>>;
  /** Waits until every partition has a leader; a topic that has come into being meanwhile is no error. */
  createTopic(topic: string, options: NewTopic): Promise<void>;
  /** To `count` partitions; at least as many already is no error. */
  growPartitions(topic: string, count: number): Promise<void>;
  /** Sets these settings of a topic and keeps what else was set on it. */
  setConfigs(topic: string, configs: Readonly<Record<string, string>>): Promise<void>;
  close(): Promise<void>;
}

export interface NewTopic {
  readonly partitions: number;
  /** -1: the brokers' default. */
  readonly replicationFactor: number;
  readonly configs: Readonly<Record<string, string>>;
}

const CREATE_TIMEOUT_MS = 20_000;
const LEADER_POLL_MS = 50;

/** Connects; about ten seconds of retries, then an error. */
export async function openTopicAdmin(settings: KafkaSettings, log: KafkaLogSink): Promise<TopicAdmin> {
  const admin = createKafkaClient(settings, BOUNDED_RETRY, log).admin();
  await admin.connect();
  return {
    describeTopics: (names) => describeTopics(admin, names),
    createTopic: (topic, options) => createTopic(admin, topic, options),
    growPartitions: (topic, count) => growPartitions(admin, topic, count),
    setConfigs: (topic, configs) => setConfigs(admin, topic, configs),
    close: () => admin.disconnect(),
  };
}

/** The largest batch, and so the largest record, that a topic takes. Throws where the topic isn't there. */
export async function readMaxMessageBytes(
  settings: KafkaSettings,
  topic: string,
  log: KafkaLogSink,
): Promise<number> {
  const admin = createKafkaClient(settings, BOUNDED_RETRY, log).admin();
  try {
    await admin.connect();
    await requireTopics(admin, [topic]);
    const bytes = Number((await readConfigs(admin, topic)).get('max.message.bytes'));
    if (Number.isNaN(bytes)) throw new Error(`the brokers did not say how large a record ${topic} takes`);
    return bytes;
  } finally {
    await admin.disconnect();
  }
}

async function describeTopics(
  admin: Admin,
  names: readonly string[],
): Promise<Map<string, TopicDescription>> {
  // Asked for a topic that isn't there, a broker that creates topics by itself would create it.
  const known = new Set(await admin.listTopics());
  const there = names.filter((name) => known.has(name));
  const described = new Map<string, TopicDescription>();
  if (there.length === 0) return described;
  const { topics } = await admin.fetchTopicMetadata({ topics: there });
  for (const { name, partitions } of topics)
    described.set(name, { partitions: partitions.length, configs: await readConfigs(admin, name) });
  return described;
}

async function createTopic(admin: Admin, topic: string, options: NewTopic): Promise<void> {
  const config = {
    topic,
    numPartitions: options.partitions,
    replicationFactor: options.replicationFactor,
    configEntries: Object.entries(options.configs).map(([name, value]) => ({ name, value })),
  };
  try {
    await admin.createTopics({ topics: [config], waitForLeaders: false, timeout: CREATE_TIMEOUT_MS });
    await waitForLeaders(admin, topic);
  } catch (error) {
    // kafkajs puts what the broker said into a list under a general message.
    const causes = error instanceof kafkajs.KafkaJSAggregateError ? error.errors : [error];
    const reasons = causes.map((cause) => (cause instanceof Error ? cause.message : String(cause)));
    throw new Error(`topic ${topic} could not be created: ${reasons.join('; ')}`, { cause: error });
  }
}

/** kafkajs's own wait gives up when a broker that hasn't heard of the topic yet says that there is none. */
async function waitForLeaders(admin: Admin, topic: string): Promise<void> {
  const deadline = performance.now() + CREATE_TIMEOUT_MS;
  while (!(await hasLeaders(admin, topic))) {
    if (performance.now() > deadline) throw new Error(`no leaders within ${CREATE_TIMEOUT_MS / 1000} s`);
    await delay(LEADER_POLL_MS);
  }
}

async function hasLeaders(admin: Admin, topic: string): Promise<boolean> {
  try {
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
    return topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0));
  } catch (error) {
    const type: unknown = error instanceof kafkajs.KafkaJSProtocolError ? error.type : undefined;
    if (type === 'UNKNOWN_TOPIC_OR_PARTITION' || type === 'LEADER_NOT_AVAILABLE') return false;
    throw error;
  }
}

async function growPartitions(admin: Admin, topic: string, count: number): Promise<void> {
  const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
  if ((topics[0]?.partitions.length ?? 0) >= count) return;
  await admin.createPartitions({ topicPartitions: [{ topic, count }], timeout: CREATE_TIMEOUT_MS });
}

async function setConfigs(
  admin: Admin,
  topic: string,
  configs: Readonly<Record<string, string>>,
): Promise<void> {
  // The request replaces all of a topic's settings: those it doesn't name go back to their defaults.
  const own = await readConfigs(admin, topic, kafkajs.ConfigSource.TOPIC_CONFIG);
  const all = { ...Object.fromEntries(own), ...configs };
  const configEntries = Object.entries(all).map(([name, value]) => ({ name, value }));
  const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic, configEntries };
  await admin.alterConfigs({ validateOnly: false, resources: [resource] });
}

/** Values by name; with `source`, only those that come from there. */
async function readConfigs(admin: Admin, topic: string, source?: ConfigSource): Promise<Map<string, string>> {
  const resource = { type: kafkajs.ConfigResourceTypes.TOPIC, name: topic };
  const answer = await admin.describeConfigs({ includeSynonyms: false, resources: [resource] });
  const entries = answer.resources.flatMap(({ configEntries }) => configEntries);
  return new Map(
    entries
      .filter(({ configSource }) => source === undefined || configSource === source)
      .map(({ configName, configValue }) => [configName, configValue]),
  );
}
