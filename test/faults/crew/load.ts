import { setTimeout as delay } from 'node:timers/promises';
import { createPublisher, type Publisher } from '@scoreline/runtime/kafka/publish.ts';
import { openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { createLeadForge } from '../../support/malformed-leads.ts';

/** Leads that keep coming, whatever happens to the brokers. */
export interface Load {
  /** Lead events that the brokers have taken; a send of unknown fate may have written more. */
  sent(): number;
  /** Lead events of transactions that were aborted: nobody may ever score them. */
  aborted(): number;
  stop(): Promise<void>;
}

const TICK_MS = 50;
/** Of one send: what could not be sent while brokers were away comes after them, as from a CRM's outbox. */
const MOST_AT_ONCE = 1_000;
/** An hour of event time goes by in six seconds: so often a window closes, whatever the rate. */
const EVENT_MS_PER_SECOND = 600_000;
const BAD_EVERY = 97;
const LEADS = 500;
/** Of no other event. */
const LAST_LEAD = 'the-last-lead';
const ABORT_EVERY_MS = 3_000;
const ABORTED_AT_ONCE = 10;
const ABORTED_PARTITION = 0;

/**
 * As many a second as are asked for, however long each send takes. The keys are the ids of the leads, so a lead's
 * events stay on one partition; of every hundred events one can't be scored.
 */
export async function startLoad(
  env: Readonly<Record<'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL' | 'TOPIC_PREFIX', string>>,
  leadsPerSecond: number,
): Promise<Load> {
  const stepMs = Math.round(EVENT_MS_PER_SECOND / leadsPerSecond);
  const forge = await createLeadForge(env.SCHEMA_REGISTRY_URL, env.TOPIC_PREFIX, stepMs);
  const topic = `${env.TOPIC_PREFIX}lead-created`;
  const ending = new AbortController();
  const begunAtMs = performance.now();
  let next = 0;
  let tried = 0;
  let sent = 0;
  let aborted = 0;
  const bad = forge.malformed.filter(({ value }) => value !== null && value.length > 0);
  const write = () => {
    const number = next++;
    const lead = `lead-${number % LEADS}`;
    const value =
      number % BAD_EVERY === 0 ? (bad[number % bad.length]?.value ?? null) : forge.write(number, lead);
    return { key: Buffer.from(lead), value };
  };
  const publish = async (): Promise<void> => {
    let publisher: Publisher | undefined;
    while (!ending.signal.aborted) {
      const startedAtMs = performance.now();
      try {
        publisher ??= await openPublisher(env.KAFKA_BROKERS);
        const due = Math.floor(((performance.now() - begunAtMs) / 1_000) * leadsPerSecond) - tried;
        const records = Array.from({ length: Math.min(due, MOST_AT_ONCE) }, write);
        tried += records.length;
        if (records.length > 0) await publisher.publish(topic, records);
        sent += records.length;
      } catch {
        // Of unknown fate: a new producer, and new leads. What was written counts by what is on the topic.
        publisher?.close().catch(() => undefined);
        publisher = undefined;
      }
      await delay(Math.max(0, TICK_MS - (performance.now() - startedAtMs)));
    }
    await publisher?.close().catch(() => undefined);
  };
  const abort = async (): Promise<void> => {
    while (!ending.signal.aborted) {
      aborted += await abortSome(env.KAFKA_BROKERS, topic, write).catch(() => 0);
      await delay(ABORT_EVERY_MS, undefined, { signal: ending.signal }).catch(() => undefined);
    }
  };
  const running = Promise.all([publish(), abort()]);
  return {
    sent: () => sent,
    aborted: () => aborted,
    async stop() {
      ending.abort();
      await running;
      await writeLast(env.KAFKA_BROKERS, topic, forge.write(next++, LAST_LEAD));
      sent += 1;
    },
  };
}

async function openPublisher(brokers: string): Promise<Publisher> {
  const publisher = createPublisher({ brokers: brokers.split(','), clientId: 'faults' }, () => {});
  await publisher.connect();
  return publisher;
}

/** Who has read all commits the topic's end then: for aborted records alone nobody commits anything. */
async function writeLast(brokers: string, topic: string, value: Buffer): Promise<void> {
  const lab = await openKafkaLab(brokers);
  try {
    await lab.produce(topic, ABORTED_PARTITION, [{ key: LAST_LEAD, value }]);
  } finally {
    await lab.close();
  }
}

/**
 * What other programs do that change their minds: their records stand in the log, and count for nobody. Two at once,
 * the later one giving up first: in that order the brokers' list of aborted transactions isn't the log's.
 */
async function abortSome(
  brokers: string,
  topic: string,
  write: () => { key: Buffer; value: Buffer | null },
): Promise<number> {
  const lab = await openKafkaLab(brokers);
  try {
    const begin = async (name: string) => (await lab.openTransactions(`${topic}.${name}`)).begin();
    const [first, second] = [await begin('first'), await begin('second')];
    const records = () => Array.from({ length: ABORTED_AT_ONCE }, write);
    await first.write(topic, ABORTED_PARTITION, records());
    await second.write(topic, ABORTED_PARTITION, records());
    await second.abort();
    await first.abort();
    return 2 * ABORTED_AT_ONCE;
  } finally {
    await lab.close();
  }
}
