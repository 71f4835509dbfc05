import avsc from 'avsc';

/*
 * What avsc 5.7.9 has wrong, put right in the process: its types read by these functions.
 */

/** avsc's cursor over the bytes of one record; past their end it goes on, giving zeros and nothing. */
interface Tap {
  /** Ours: items so far that took no bytes. */
  freeItems?: number;
  readonly buf: Buffer;
  readonly pos: number;
  readInt(): number;
  readLong(): number;
  skipLong(): void;
  readString(): string;
}

interface Readable {
  _read(tap: Tap): unknown;
}

/** avsc reads varints as doubles: from here on a negative long comes out as another number, even a positive one. */
const EXACT_LONGS_BELOW = 2 ** 52;

/** A long that may be wrong throws; the codec then takes the slower way, which reads it exactly. */
Object.assign(avsc.types.LongType.prototype, {
  _read(tap: Tap): number {
    const long = tap.readLong();
    if (long > -EXACT_LONGS_BELOW && long < EXACT_LONGS_BELOW) return long;
    throw new RangeError('a long that a number may not hold');
  },
});

/** avsc gives an int of more than 32 bits as it stands: no column and no array that is made for ints holds it. */
Object.assign(avsc.types.IntType.prototype, {
  _read(tap: Tap): number {
    const int = tap.readInt();
    if ((int | 0) === int) return int;
    throw new RangeError('an int of more than 32 bits');
  },
});

/** No record has more items in one array or map. */
const MAX_ITEMS = 1_000_000;
/** Items that take no bytes (nulls, empty records) in one record: of all others there are no more than it has bytes. */
const MAX_FREE_ITEMS = 10_000;

/**
 * Bounded readers of arrays and maps in the place of avsc's. avsc believes the count that stands before a block's
 * items and makes that many, also when the bytes have long ended: five damaged bytes are a billion items, and one
 * poisoned record takes the process down, again at each restart. Resolvers take these too; what is skipped is read,
 * so that it ends as surely. A map has no prototype: a key `__proto__` is a key.
 */
Object.assign(avsc.types.ArrayType.prototype, {
  _read(this: { readonly itemsType: Readable }, tap: Tap): unknown[] {
    const { itemsType } = this;
    const items: unknown[] = [];
    for (let count = readCount(tap, 0); count > 0; count = readCount(tap, items.length)) {
      for (let item = 0; item < count; item += 1) items.push(readItem(itemsType, tap));
    }
    return items;
  },
  _skip(this: Readable, tap: Tap): void {
    this._read(tap);
  },
});

Object.assign(avsc.types.MapType.prototype, {
  _read(this: { readonly valuesType: Readable }, tap: Tap): Record<string, unknown> {
    const { valuesType } = this;
    const values = Object.create(null) as Record<string, unknown>;
    let total = 0;
    for (let count = readCount(tap, total); count > 0; count = readCount(tap, total)) {
      for (let item = 0; item < count; item += 1) {
        const key = tap.readString();
        requireBytes(tap);
        values[key] = valuesType._read(tap);
      }
      total += count;
    }
    return values;
  },
  _skip(this: Readable, tap: Tap): void {
    this._read(tap);
  },
});

/** Items of the next block, 0 after the last; a negative count has the block's size in bytes after it. */
function readCount(tap: Tap, before: number): number {
  let count = tap.readLong();
  if (count < 0) {
    count = -count;
    tap.skipLong();
  }
  // Written so that NaN, which endless continuation bytes can give, is too many.
  if (before + count <= MAX_ITEMS) return count;
  throw new RangeError(`a block claims ${count} items`);
}

function readItem(type: Readable, tap: Tap): unknown {
  const { pos } = tap;
  const item = type._read(tap);
  requireBytes(tap);
  if (tap.pos === pos) countFreeItem(tap);
  return item;
}

function countFreeItem(tap: Tap): void {
  tap.freeItems = (tap.freeItems ?? 0) + 1;
  if (tap.freeItems > MAX_FREE_ITEMS) throw new RangeError('too many items that take no bytes');
}

function requireBytes(tap: Tap): void {
  if (!(tap.pos <= tap.buf.length)) throw new RangeError('the bytes end inside a block');
}
