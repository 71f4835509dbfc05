import type { FuzzTarget } from '../target.ts';
import { MAX_INPUT_BYTES, mutateBytes } from './mutate-bytes.ts';
import { mutateJson } from './mutate-json.ts';
import type { Dice } from './random.ts';

/** Makes an input of another, with pieces of a third. */
export type Mutator = (input: Buffer, other: Buffer) => Buffer;

/** Of JSON documents, one in so many is damaged as text. */
const DAMAGED_JSON = 10;

/** How a target's inputs are changed. */
export function createMutator({ form, words = [] }: Pick<FuzzTarget, 'form' | 'words'>, dice: Dice): Mutator {
  const pieces = words.map((word) => Buffer.from(word));
  return (input, other) => {
    if (form === 'json' && !dice.oneIn(DAMAGED_JSON)) {
      const changed = mutateJson(input.toString(), dice, other.toString());
      if (changed !== undefined) return Buffer.from(changed).subarray(0, MAX_INPUT_BYTES);
    }
    return mutateBytes(input, dice, other, pieces);
  };
}
