import { seededRandom } from '@scoreline/core/shadow/seeded-random.ts';

/** Draws by a seed: the same seed makes the same inputs. */
export interface Dice {
  /** A whole number, 0 to `limit` − 1. */
  below(limit: number): number;
  /** True once in so many throws. */
  oneIn(times: number): boolean;
  /** One of them; undefined of none. */
  oneOf<T>(items: readonly T[]): T | undefined;
}

export function createDice(seed: number): Dice {
  const uniform = seededRandom(seed);
  const below = (limit: number): number => Math.floor(uniform() * limit);
  return {
    below,
    oneIn: (times) => below(times) === 0,
    oneOf: (items) => items[below(items.length)],
  };
}
