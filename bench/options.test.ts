import { expect, test } from 'vitest';
import { readBenchOptions } from './options.ts';

test('without a part: all but those that take long, three rounds, and the baseline is left alone', () => {
  const { parts, rounds, baseline } = readBenchOptions([]);
  expect(parts.has('drain')).toBe(true);
  expect(parts.has('backlog')).toBe(false);
  expect(parts.has('neighbours')).toBe(false);
  expect({ rounds, baseline }).toEqual({ rounds: 3, baseline: 'leave' });
});

test('quick is one round, unless more are asked for', () => {
  expect(readBenchOptions(['drain', '--quick']).rounds).toBe(1);
  expect(readBenchOptions(['drain', '--quick', '--rounds', '5']).rounds).toBe(5);
});

test.each([
  [['drian'], /drian is no part/],
  [['--rate', '300'], /Unknown option '--rate'/],
  [['--rates', '300,fast'], /fast is no whole number/],
  [['--rounds', '0'], /less than 1/],
  [['--store', '--compare'], /becomes the baseline or is held against it/],
])('%j is refused with the usage', (args, message) => {
  expect(() => readBenchOptions(args)).toThrow(message);
  expect(() => readBenchOptions(args)).toThrow(/usage: npm run bench/);
});
