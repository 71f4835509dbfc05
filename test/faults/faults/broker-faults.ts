import { setTimeout as delay } from 'node:timers/promises';
import { openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { until } from '../../support/until.ts';
import type { Broker } from '../cluster/broker.ts';
import type { Cluster } from '../cluster/cluster.ts';
import { findCoordinator } from '../cluster/coordinators.ts';
import type { World } from '../world.ts';
import { between, type Fault, pick } from './fault.ts';
import { lowerLimit } from './process-limits.ts';

/** Past the broker's session: its leaders have moved. */
const BROKER_STILL_MS = 5_500;
const STALLS = 6;
const LISTENING_WITHIN_MS = 90_000;
const FULL_DISK_WITHIN_MS = 20_000;
const MOVE_WITHIN_MS = 20_000;

/** Brokers that end or stand still. */
export const BROKER_FAULTS: readonly Fault[] = [
  {
    name: 'broker killed',
    async inflict(world, random) {
      const broker = pick(world.cluster.brokers, random);
      await broker.kill();
      await delay(between(500, 4_000, random));
      await broker.start();
    },
  },
  {
    name: 'broker stopped in order',
    async inflict(world, random) {
      const broker = pick(world.cluster.brokers, random);
      await broker.stop();
      await delay(between(0, 2_000, random));
      await broker.start();
    },
  },
  {
    name: 'broker stands still past its session',
    inflict: (world, random) => suspend(pick(world.cluster.brokers, random), BROKER_STILL_MS),
  },
  {
    name: 'broker stands still for a moment',
    inflict: (world, random) => suspend(pick(world.cluster.brokers, random), between(300, 2_500, random)),
  },
  {
    name: 'two brokers killed, one after the other',
    async inflict({ cluster }, random) {
      const first = pick(cluster.brokers, random);
      const second = pick(
        cluster.brokers.filter((broker) => broker !== first),
        random,
      );
      await first.kill();
      await delay(between(0, 2_000, random));
      await second.kill();
      await startAgain([first, second]);
    },
  },
  {
    name: 'every broker killed at once',
    async inflict({ cluster }) {
      await Promise.all(cluster.brokers.map((broker) => broker.kill()));
      await startAgain(cluster.brokers);
    },
  },
  {
    name: "the scorers' coordinator killed",
    inflict: ({ cluster, env }, random) =>
      killCoordinator(cluster, '__consumer_offsets', `${env.TOPIC_PREFIX}scorer`, random),
  },
  {
    name: "a transaction's coordinator killed",
    async inflict({ cluster, env: { TOPIC_PREFIX: prefix } }, random) {
      const id = `${prefix}scorer.${prefix}lead-created.0`;
      await killCoordinator(cluster, '__transaction_state', id, random);
    },
  },
  { name: 'the disk of a broker takes no more', inflict: fillDisk },
  { name: 'leaders of lead-created and lead-scores move', inflict: moveLeaders },
  { name: 'preferred leaders are elected', inflict: electPreferred },
  { name: 'brokers stall again and again', inflict: stallBrokers },
];

/** Until they listen: with so few left nothing can go on before, and how long a JVM takes to start is not the stream's. */
async function startAgain(brokers: readonly Broker[]): Promise<void> {
  await Promise.all(brokers.map((broker) => broker.start()));
  const all = async (): Promise<boolean> => {
    const listening = await Promise.all(brokers.map((broker) => broker.isListening()));
    return listening.every(Boolean);
  };
  await until(all, LISTENING_WITHIN_MS, 'brokers that were started again did not listen');
}

/** No file can grow: its writes fail as they do on a disk that is full, and it gives up by itself. */
async function fillDisk({ cluster }: World, random: () => number): Promise<void> {
  const broker = pick(cluster.brokers, random);
  const pid = broker.pid();
  if (pid === undefined) throw new Error('the broker does not run');
  await lowerLimit(pid, 'fsize', 1);
  const hasEnded = await broker.hasEnded(FULL_DISK_WITHIN_MS);
  await broker.kill();
  await delay(between(0, 2_000, random));
  await broker.start();
  if (!hasEnded) throw new Error('the broker did not mind that its disk was full');
}

async function killCoordinator(
  cluster: Cluster,
  topic: '__consumer_offsets' | '__transaction_state',
  name: string,
  random: () => number,
): Promise<void> {
  const broker = await findCoordinator(cluster, topic, name);
  await broker.kill();
  await delay(between(500, 2_000, random));
  await broker.start();
}

/** Each partition is taken from the broker that leads it, then given back to all. */
async function moveLeaders({ cluster, env }: World): Promise<void> {
  const ids = cluster.brokers.map(({ id }) => id);
  const lab = await openKafkaLab(env.KAFKA_BROKERS);
  try {
    for (const topic of [`${env.TOPIC_PREFIX}lead-created`, `${env.TOPIC_PREFIX}lead-scores`]) {
      for (const [partition, leader] of await lab.leaders(topic)) {
        const others = ids.filter((id) => id !== leader);
        await lab.reassign(topic, partition, others);
        await until(
          async () => (await lab.leaders(topic)).get(partition) !== leader,
          MOVE_WITHIN_MS,
          `${topic}/${partition} did not move`,
        );
        await lab.reassign(topic, partition, [...others, leader]);
      }
    }
  } finally {
    await lab.close();
  }
}

/** What the controller does by itself every five minutes. */
async function electPreferred({ cluster, env }: World): Promise<void> {
  const all = ['--election-type', 'PREFERRED', '--all-topic-partitions'];
  await cluster.runTool('LeaderElectionCommand', ['--bootstrap-server', env.KAFKA_BROKERS, ...all]);
}

/** As collections of garbage do: short stalls, of one after the other. */
async function stallBrokers({ cluster }: World, random: () => number): Promise<void> {
  for (let stall = 0; stall < STALLS; stall += 1) {
    await suspend(pick(cluster.brokers, random), between(300, 900, random));
    await delay(between(50, 300, random));
  }
}

async function suspend(broker: Broker, forMs: number): Promise<void> {
  broker.suspend();
  await delay(forMs);
  broker.resume();
}
