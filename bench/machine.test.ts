import { expect, test } from 'vitest';
import { countBusyCores } from './machine.ts';

function core(user: number, sys: number, idle: number) {
  return { times: { user, nice: 0, sys, irq: 0, idle } };
}

test('counts the cores that were at work between two looks, whatever they did before', () => {
  const before = [core(9_000, 900, 100), core(0, 0, 10_000)];
  expect(countBusyCores(before, [core(10_500, 1_400, 100), core(500, 0, 11_500)])).toBe(1.25);
  expect(countBusyCores(before, before)).toBe(0);
});
