import type { Dice } from './random.ts';

/** Longer inputs than any that is found by chance, and still quick to read. */
export const MAX_INPUT_BYTES = 256 * 1024;

type ByteMutator = (input: Buffer, dice: Dice, other: Buffer, words: readonly Buffer[]) => Buffer;

/** Bytes on either side of what formats count and frame with. */
const TELLING_BYTES = [0, 1, 2, 0x0a, 0x20, 0x22, 0x7f, 0x80, 0xc0, 0xd8, 0xed, 0xff];

/** Varints as Avro and protobuf have them: a million, a billion, the ends of int and long, one that never ends. */
const VARINTS = [
  '80897a',
  '80a8d6b907',
  'feffffff0f',
  'ffffffff0f',
  'feffffffffffffffff01',
  'ffffffffffffffffff01',
  'ffffffffffffffffffffff',
  'ffffffffffffff1f',
].map((hex) => Buffer.from(hex, 'hex'));

const MUTATORS: readonly ByteMutator[] = [
  (input, dice) => change(input, dice, (byte) => byte ^ (1 << dice.below(8))),
  (input, dice) => change(input, dice, () => dice.oneOf(TELLING_BYTES) ?? 0),
  (input, dice) => change(input, dice, (byte) => byte + dice.below(9) - 4),
  (input, dice) => change(input, dice, () => dice.below(256)),
  (input, dice) => input.subarray(0, dice.below(input.length + 1)),
  (input, dice) => splice(input, ...slice(input, dice), Buffer.alloc(0)),
  (input, dice, _other, words) => insert(input, dice, dice.oneOf(words) ?? Buffer.from([0])),
  (input, dice, _other, words) => overwrite(input, dice, dice.oneOf(words) ?? Buffer.from([0xff])),
  (input, dice) => insert(input, dice, dice.oneOf(VARINTS) ?? Buffer.alloc(0)),
  (input, dice) => overwrite(input, dice, dice.oneOf(VARINTS) ?? Buffer.alloc(0)),
  (input, dice) => insert(input, dice, input.subarray(...slice(input, dice))),
  (input, dice, other) => insert(input, dice, other.subarray(...slice(other, dice))),
  (input, dice, other) => overwrite(input, dice, other.subarray(...slice(other, dice))),
  (input, dice, other) =>
    Buffer.concat([
      input.subarray(0, dice.below(input.length + 1)),
      other.subarray(dice.below(other.length + 1)),
    ]),
  repeatSlice,
];

/** A few changes to the bytes of an input, with pieces of another one and of `words`. */
export function mutateBytes(input: Buffer, dice: Dice, other: Buffer, words: readonly Buffer[]): Buffer {
  let changed = input;
  for (let left = 1 + dice.below(4); left > 0; left -= 1) {
    const mutate = dice.oneOf(MUTATORS);
    if (mutate !== undefined) changed = mutate(changed, dice, other, words);
  }
  return changed.subarray(0, MAX_INPUT_BYTES);
}

/** What costs more than its length shows only where there is much of it. */
function repeatSlice(input: Buffer, dice: Dice): Buffer {
  const piece = input.subarray(...slice(input, dice));
  if (piece.length === 0 || !dice.oneIn(8)) return input;
  const times = Math.min(2 ** dice.below(15), Math.floor(MAX_INPUT_BYTES / piece.length));
  return insert(input, dice, Buffer.concat(Array.from({ length: times }, () => piece)));
}

function change(input: Buffer, dice: Dice, to: (byte: number) => number): Buffer {
  const copy = Buffer.from(input);
  const at = dice.below(copy.length);
  if (copy.length > 0) copy[at] = to(copy[at] ?? 0);
  return copy;
}

function insert(input: Buffer, dice: Dice, piece: Buffer): Buffer {
  const at = dice.below(input.length + 1);
  return splice(input, at, at, piece);
}

function overwrite(input: Buffer, dice: Dice, piece: Buffer): Buffer {
  const at = dice.below(input.length + 1);
  return splice(input, at, at + piece.length, piece);
}

function splice(input: Buffer, from: number, to: number, piece: Buffer): Buffer {
  return Buffer.concat([input.subarray(0, from), piece, input.subarray(to)]);
}

/** The bounds of a piece, mostly a short one. */
function slice(input: Buffer, dice: Dice): [from: number, to: number] {
  const from = dice.below(input.length + 1);
  const length = dice.oneIn(4) ? dice.below(input.length + 1) : dice.below(9);
  return [from, Math.min(input.length, from + length)];
}
