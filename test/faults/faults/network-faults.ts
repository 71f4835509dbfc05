import { setTimeout as delay } from 'node:timers/promises';
import type { Toxic } from '../../support/faulty-proxy.ts';
import type { World } from '../world.ts';
import { between, type Fault, pick } from './fault.ts';

const FLAPS = 8;
const LOST_ANSWERS = 6;
const COMMIT_WITHIN_MS = 10_000;
/** Of Kafka's request EndTxn. */
const END_TXN = 26;

/** Networks between clients and brokers that fail; brokers reach each other all the time. */
export const NETWORK_FAULTS: readonly Fault[] = [
  { name: 'answers to commits lost', inflict: loseAnswers },
  toOne('connections to a broker cut', { kind: 'cut' }, 4_000),
  toOne('connections to a broker half-open', { kind: 'hole' }, 6_000),
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

/**
 * The broker is asked to end a transaction and does so; the connection ends before its answer is back. Whoever asked
 * can't know, and must find out.
 */
async function loseAnswers({ cluster }: World, random: () => number): Promise<void> {
  for (let lost = 0; lost < LOST_ANSWERS; lost += 1) {
    const { promise: asked, resolve } = Promise.withResolvers<boolean>();
    for (const { proxy } of cluster.brokers) {
      proxy.onceAsked(endsTransaction, () => {
        // The request is passed on in this turn, and takes the brokers some milliseconds.
        setTimeout(() => {
          proxy.poison({ kind: 'cut' });
          proxy.poison(undefined);
          resolve(true);
        }, 1);
      });
    }
    if (!(await Promise.race([asked, delay(COMMIT_WITHIN_MS, false, { ref: false })])))
      throw new Error('nobody ended a transaction');
    await delay(between(100, 600, random));
  }
}

/** Whether one of the requests in it ends a transaction: size, then the request's number. */
function endsTransaction(chunk: Buffer): boolean {
  for (let at = 0; at + 6 <= chunk.length; at += 4 + chunk.readUInt32BE(at))
    if (chunk.readUInt16BE(at + 4) === END_TXN) return true;
  return false;
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
