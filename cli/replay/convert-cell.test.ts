import { describe, expect, test } from 'vitest';
import { createCellConverter, Misfit } from './convert-cell.ts';
import type { LeafType } from './event-schema.ts';
import { createTimeParser } from './parse-time.ts';

function convert(type: Partial<LeafType>, source: object, cell: string): unknown {
  const converter = createCellConverter({ kind: 'string', nullable: true, ...type }, source, ['']);
  return typeof converter === 'string' ? converter : converter(cell);
}

describe('cells by the type of their field', () => {
  test.each([
    ['int', '42', 42],
    ['int', '-7', -7],
    ['int', '2147483648', Misfit],
    ['int', '4.5', Misfit],
    ['int', '4x', Misfit],
    ['int', '0x10', Misfit],
    ['long', '9007199254740991', 9_007_199_254_740_991],
    ['long', '9007199254740993', Misfit],
    ['number', '1e3', 1_000],
    ['number', '.5', 0.5],
    ['number', 'Infinity', Misfit],
    ['number', '1e999', Misfit],
    ['number', '', null],
    ['boolean', 'Yes', true],
    ['boolean', '0', false],
    ['boolean', 'maybe', Misfit],
    ['string', '', null],
    ['string', ' a ', ' a '],
  ] as const)('%s from %j', (kind, cell, expected) => {
    const value = convert({ kind }, {}, cell);
    expect(value instanceof Misfit ? Misfit : value).toBe(expected);
  });

  test('words of the map stand for null, true and false', () => {
    const source = { null_words: ['n/a'], true_words: ['ja'], false_words: ['nein'] };
    expect(['n/a', 'JA', 'nein'].map((cell) => convert({ kind: 'boolean' }, source, cell))).toEqual([
      null,
      true,
      false,
    ]);
    expect(convert({ kind: 'boolean' }, source, 'yes')).toBeInstanceOf(Misfit);
  });

  test('an empty cell is text where the field is text and may not be null, and no number', () => {
    expect(convert({ kind: 'string', nullable: false }, {}, '')).toBe('');
    expect(convert({ kind: 'number', nullable: false }, {}, '')).toBeInstanceOf(Misfit);
  });

  test('decimal commas, enums, times in the units of their fields', () => {
    expect(convert({ kind: 'number' }, { decimal_comma: true }, '1.234,5')).toBe(1_234.5);
    expect(convert({ kind: 'enum', symbols: ['a', 'b'] }, {}, 'b')).toBe('b');
    expect(convert({ kind: 'enum', symbols: ['a', 'b'] }, {}, 'c')).toBeInstanceOf(Misfit);
    expect(convert({ kind: 'time', unitsPerMs: 1_000 }, {}, '1970-01-01T00:00:01Z')).toBe(1_000_000);
    expect(convert({ kind: 'time', unitsPerMs: 1 / 86_400_000 }, {}, '1970-01-03')).toBe(2);
    expect(convert({ kind: 'time' }, { time: 'HH:mm' }, '10:00')).toContain('needs yyyy, MM and dd');
  });
});

describe('times', () => {
  const noon = Date.UTC(2024, 1, 29, 12);
  test.each([
    ['iso', '2024-02-29T12:00:00Z', noon],
    ['iso', '2024-02-29 12:00', noon],
    ['iso', '2024-02-29T14:00:00+02:00', noon],
    ['iso', '2024-02-29', Date.UTC(2024, 1, 29)],
    ['iso', '29.02.2024', NaN],
    ['iso', '2024', NaN],
    ['epoch_s', String(noon / 1_000), noon],
    ['epoch_ms', String(noon), noon],
    ['epoch_ms', 'soon', NaN],
    ['dd.MM.yyyy HH:mm', '29.02.2024 12:00', noon],
    ['M/d/yyyy', '2/29/2024', undefined],
    ['MM/dd/yyyy HH', '2/29/2024 12', noon],
    ['dd.MM.yyyy', '29.02.2023', NaN],
    ['dd.MM.yyyy', '2024-02-29', NaN],
  ])('%s: %s', (format, cell, expected) => {
    expect(createTimeParser(format)?.(cell)).toEqual(expected);
  });
});
