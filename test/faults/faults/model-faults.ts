import { setTimeout as delay } from 'node:timers/promises';
import { killOne } from './process-faults.ts';
import { between, type Fault, pick } from './fault.ts';

/** Another version is promoted under load, and something breaks just then. */
export const MODEL_FAULTS: readonly Fault[] = [
  { name: 'model swapped', inflict: ({ models }) => models.swap() },
  {
    name: 'scorer killed in a model swap',
    async inflict({ models, scorers }, random) {
      const swapping = models.swap();
      await delay(between(0, 3_000, random));
      await Promise.all([killOne(pick(scorers, random), random), swapping]);
    },
  },
  {
    name: 'broker killed in a model swap',
    async inflict({ models, cluster }, random) {
      const broker = pick(cluster.brokers, random);
      const swapping = models.swap();
      await delay(between(0, 2_000, random));
      await broker.kill();
      // Whether it has been decided is not known to a command that the brokers left; the stream goes on either way.
      await swapping.catch(() => undefined);
      await broker.start();
    },
  },
  {
    name: 'whoever swaps a model is killed',
    async inflict({ models }, random) {
      await models.swapAndDie(between(0, 400, random));
      await models.swap();
    },
  },
];
