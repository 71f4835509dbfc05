import { describe, expect, it } from 'vitest';
import { type Duration, divides, nominalLengthMs, parseDuration } from './duration.ts';

const duration = (text: string): Duration => parseDuration(text)!;

describe('parseDuration', () => {
  it.each([
    ['PT30S', 30_000],
    ['PT10M', 600_000],
    ['PT1H', 3_600_000],
    ['P1D', 86_400_000],
    ['P2W', 1_209_600_000],
  ])('%s is %d ms', (text, lengthMs) => {
    expect(parseDuration(text)).toMatchObject({ text, unit: 'fixed', lengthMs });
  });

  it.each([
    ['P1M', 1],
    ['P3M', 3],
    ['P1Y', 12],
    ['P2Y', 24],
  ])('%s is %d months', (text, months) => {
    expect(parseDuration(text)).toEqual({ text, unit: 'months', months });
  });

  it.each([
    '',
    'P',
    'PT',
    'P0D',
    'PT0S',
    'P1DT1H',
    'P1H',
    'PT1D',
    '1D',
    'P1.5D',
    'P-1D',
    'P5M',
    'P99999999999W',
    'p1d',
  ])('refuses %s', (text) => {
    expect(parseDuration(text)).toBeNull();
  });
});

describe('divides', () => {
  it.each([
    ['PT1H', 'PT1H', true],
    ['PT1H', 'P1D', true],
    ['PT1H', 'P1W', true],
    ['P1D', 'P1W', true],
    ['P1D', 'P1M', true],
    ['PT1H', 'P1Y', true],
    ['P1M', 'P3M', true],
    ['P3M', 'P1Y', true],
    ['PT7H', 'P1D', false],
    ['PT7H', 'P1M', false],
    ['P2D', 'P1W', false],
    ['P2D', 'P1M', false],
    ['P1W', 'P1M', false],
    ['P1W', 'P2W', true],
    ['P1M', 'P1W', false],
    ['P2M', 'P3M', false],
    ['P1D', 'PT1H', false],
  ])('%s in %s: %s', (base, size, expected) => {
    expect(divides(duration(base), duration(size))).toBe(expected);
  });
});

it('orders sizes by nominal length', () => {
  const sizes = ['P1Y', 'PT1H', 'P1M', 'P1W', 'P1D', 'P3M'].map(duration);
  expect(sizes.sort((a, b) => nominalLengthMs(a) - nominalLengthMs(b)).map((size) => size.text)).toEqual([
    'PT1H',
    'P1D',
    'P1W',
    'P1M',
    'P3M',
    'P1Y',
  ]);
});
