import { setTimeout as delay } from 'node:timers/promises';
import type { Toxic } from '../../support/faulty-proxy.ts';
import type { Broker } from '../cluster/broker.ts';
import type { World } from '../world.ts';
import { between, type Fault, pick } from './fault.ts';

/** Past the broker's session: its leaders have moved. */
const BROKER_STILL_MS = 7_000;
const FLAPS = 8;

/** Brokers that end or stand still, and networks that fail. */
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
      await Promise.all([first.start(), second.start()]);
    },
  },
  toOne('connections to a broker cut', { kind: 'cut' }, 4_000),
  toOne('connections to a broker half-open', { kind: 'hole' }, 13_000),
  toAll('every broker cut off', { kind: 'cut' }, 5_000),
  toAll('every broker 150 ms away', { kind: 'delay', ms: 150 }, 6_000),
  toAll('every broker half-open past the session', { kind: 'hole' }, 13_000),
  {
    name: 'connections flap',
    async inflict({ cluster }, random) {
      for (let flap = 0; flap < FLAPS; flap += 1) {
        const { proxy } = pick(cluster.brokers, random);
        proxy.poison({ kind: 'cut' });
        await delay(between(50, 400, random));
        proxy.poison(undefined);
        await delay(between(50, 400, random));
      }
    },
  },
];

async function suspend(broker: Broker, forMs: number): Promise<void> {
  broker.suspend();
  await delay(forMs);
  broker.resume();
}

function toOne(name: string, toxic: Toxic, forMs: number): Fault {
  return {
    name,
    async inflict({ cluster }, random) {
      const { proxy } = pick(cluster.brokers, random);
      proxy.poison(toxic);
      await delay(forMs);
      proxy.poison(undefined);
    },
  };
}

function toAll(name: string, toxic: Toxic, forMs: number): Fault {
  const poisonAll = ({ cluster }: World, what: Toxic | undefined): void => {
    for (const { proxy } of cluster.brokers) proxy.poison(what);
  };
  return {
    name,
    async inflict(world) {
      poisonAll(world, toxic);
      await delay(forMs);
      poisonAll(world, undefined);
    },
  };
}
