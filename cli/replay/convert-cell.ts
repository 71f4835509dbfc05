import type { ColumnSource } from '@scoreline/core/contracts/replay-map.ts';
import type { LeafType } from './event-schema.ts';
import { createTimeParser } from './parse-time.ts';

/** A cell is not what its field takes; `expected` says what it takes, never what stood there. */
export class Misfit {
  readonly expected: string;
  constructor(expected: string) {
    this.expected = expected;
  }
}

/** A cell's value by its field's type, or a {@link Misfit}. */
export type ConvertCell = (cell: string) => unknown;

const MAX_INT = 2 ** 31 - 1;
const NUMBER = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;

/**
 * How the cells of a column become values of a field. A null word becomes null where the field may be null, and a
 * misfit where it may not (an empty string stays one in a text field). A time becomes the field's own unit.
 */
export function createCellConverter(
  type: LeafType,
  source: Partial<ColumnSource>,
  nullWords: readonly string[],
): ConvertCell | string {
  const convert = converterOf(type, source);
  if (typeof convert === 'string') return convert;
  const nulls = new Set(source.null_words ?? nullWords);
  if (type.nullable) return (cell) => (nulls.has(cell) ? null : convert(cell));
  if (type.kind === 'string' && source.null_words === undefined) return convert;
  const noValue = new Misfit('a value');
  return (cell) => (nulls.has(cell) ? noValue : convert(cell));
}

function converterOf(type: LeafType, source: Partial<ColumnSource>): ConvertCell | string {
  const converters: { readonly [Kind in LeafType['kind']]: () => ConvertCell | string } = {
    string: () => (cell) => cell,
    int: () => numbers(source, 'a whole number of 32 bits', isInt32),
    long: () => numbers(source, 'a whole number', Number.isSafeInteger),
    number: () => numbers(source, 'a number', Number.isFinite),
    boolean: () => booleans(source),
    enum: () => symbols(type.symbols ?? []),
    time: () => times(source.time ?? 'iso', type.unitsPerMs ?? 1),
  };
  return converters[type.kind]();
}

function isInt32(n: number): boolean {
  return Number.isInteger(n) && Math.abs(n) <= MAX_INT;
}

function numbers(
  { decimal_comma = false }: Partial<ColumnSource>,
  expected: string,
  fits: (n: number) => boolean,
): ConvertCell {
  const misfit = new Misfit(expected);
  return (cell) => {
    const text = decimal_comma ? cell.replaceAll('.', '').replace(',', '.') : cell;
    const value = NUMBER.test(text) ? Number(text) : NaN;
    return fits(value) ? value : misfit;
  };
}

function booleans({
  true_words = ['true', 'yes', '1'],
  false_words = ['false', 'no', '0'],
}: Partial<ColumnSource>): ConvertCell {
  const words = new Map<string, boolean>();
  for (const word of true_words) words.set(word.toLowerCase(), true);
  for (const word of false_words) words.set(word.toLowerCase(), false);
  const misfit = new Misfit(`one of ${[...words.keys()].join(', ')}`);
  return (cell) => words.get(cell.toLowerCase()) ?? misfit;
}

function symbols(allowed: readonly string[]): ConvertCell {
  const known = new Set(allowed);
  const misfit = new Misfit(`one of ${allowed.join(', ')}`);
  return (cell) => (known.has(cell) ? cell : misfit);
}

function times(format: string, unitsPerMs: number): ConvertCell | string {
  const parse = createTimeParser(format);
  if (parse === undefined) return `has the time format '${format}': a pattern needs yyyy, MM and dd`;
  const misfit = new Misfit(`a time (${format})`);
  return (cell) => {
    const timeMs = parse(cell);
    return Number.isFinite(timeMs) ? Math.floor(timeMs * unitsPerMs) : misfit;
  };
}
