import type { Dice } from './random.ts';

/** Where a value stands: in its holder, an object or an array, under this key. */
interface Place {
  readonly holder: object;
  readonly key: string;
}

/** Written as it is, since JSON.stringify has no way to: marked by a character that no document has. */
const RAW = '\u{e000}';
const RAW_TEXT = new RegExp(`"${RAW}([^${RAW}"]*)${RAW}"`, 'g');
const NESTED = 20_000;

const TELLING_VALUES: readonly unknown[] = [
  null,
  true,
  false,
  '',
  0,
  -1,
  1,
  0.5,
  1e21,
  2 ** 31,
  2 ** 53 + 2,
  -1e308,
  5e-324,
  [],
  {},
  [null],
  ' ',
  '\ud800',
  '\u0000',
  '__proto__',
  'constructor',
  'toString',
  '../../../etc/passwd',
  '/etc/passwd',
  '*',
  'a'.repeat(5_000),
  `${RAW}1e400${RAW}`,
  `${RAW}-0${RAW}`,
  `${RAW}18446744073709551616${RAW}`,
  `${RAW}${'['.repeat(NESTED)}${']'.repeat(NESTED)}${RAW}`,
];

const TELLING_KEYS = ['__proto__', 'constructor', 'toString', '', 'then', 'length', 'a.b', '\ud800'];

type JsonMutator = (place: Place, dice: Dice, other: unknown) => void;

const MUTATORS: readonly JsonMutator[] = [
  (place, dice) => set(place, dice.oneOf(TELLING_VALUES)),
  (place, dice, other) => set(place, copyOf(get(dice.oneOf(placesIn(other)) ?? place))),
  ({ holder, key }) => void Reflect.deleteProperty(holder, key),
  (place, dice) => set(place, alter(get(place), dice)),
  (place, dice) => set(place, dice.oneIn(2) ? [get(place)] : { [nameFor(dice, 'a')]: get(place) }),
  ({ holder, key }, dice) => set({ holder, key: nameFor(dice, key) }, copyOf(get({ holder, key }))),
  ({ holder, key }) => {
    if (Array.isArray(holder)) holder.splice(Number(key), 1);
  },
  ({ holder, key }, dice) => {
    if (!Array.isArray(holder)) return;
    const value = get({ holder, key });
    for (let left = 2 ** dice.below(14); left > 0; left -= 1) holder.push(value);
  },
  ({ holder, key }, dice) => {
    const elsewhere = dice.oneOf(placesIn(holder));
    if (elsewhere === undefined) return;
    const value = copyOf(get(elsewhere));
    set(elsewhere, copyOf(get({ holder, key })));
    set({ holder, key }, value);
  },
];

/**
 * A few changes to the values of a JSON document, with pieces of another; undefined where the text is none, or one that
 * can't be changed so: it nests deeper than the stack, or a list in it has a `constructor` of its own.
 */
export function mutateJson(text: string, dice: Dice, otherText: string): string | undefined {
  const root = { document: parse(text) };
  if (root.document === undefined) return undefined;
  try {
    return changeValues(root, dice, { document: parse(otherText) ?? null });
  } catch {
    return undefined;
  }
}

function changeValues(root: { readonly document: unknown }, dice: Dice, other: unknown): string {
  for (let left = 1 + dice.below(3); left > 0; left -= 1) {
    const place = dice.oneOf(placesIn(root));
    const mutate = dice.oneOf(MUTATORS);
    if (place !== undefined && mutate !== undefined) mutate(place, dice, other);
  }
  return (JSON.stringify(root.document) ?? 'null').replace(RAW_TEXT, '$1');
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** Of a large document, enough to choose from. */
const MAX_PLACES = 2_000;
const MAX_DEPTH = 100;

function placesIn(root: unknown): readonly Place[] {
  const places: Place[] = [];
  const visit = (holder: unknown, depth: number): void => {
    if (typeof holder !== 'object' || holder === null || depth > MAX_DEPTH) return;
    for (const key of Object.keys(holder)) {
      if (places.length >= MAX_PLACES) return;
      places.push({ holder, key });
      visit(get({ holder, key }), depth + 1);
    }
  };
  visit(root, 0);
  return places;
}

function get({ holder, key }: Place): unknown {
  return Reflect.get(holder, key);
}

/** By definition, so that `__proto__` is a key as any other. */
function set({ holder, key }: Place, value: unknown): void {
  if (Array.isArray(holder) && key === 'length') return;
  Object.defineProperty(holder, key, { value, enumerable: true, configurable: true, writable: true });
}

function nameFor(dice: Dice, key: string): string {
  return dice.oneIn(2) ? (dice.oneOf(TELLING_KEYS) ?? key) : `${key}${dice.below(10)}`;
}

function alter(value: unknown, dice: Dice): unknown {
  if (typeof value === 'number')
    return dice.oneOf([value + 1, value - 1, -value, value * 1e6, value / 3, String(value)]);
  if (typeof value === 'boolean') return !value;
  if (typeof value !== 'string') return value;
  const at = dice.below(value.length + 1);
  const inserted = String.fromCharCode(dice.oneIn(3) ? dice.below(65_536) : dice.below(128));
  return dice.oneIn(2) ? value.slice(0, at) : value.slice(0, at) + inserted + value.slice(at);
}

function copyOf(value: unknown): unknown {
  return value === undefined ? null : structuredClone(value);
}
