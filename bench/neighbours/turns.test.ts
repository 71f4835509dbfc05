import { expect, test } from 'vitest';
import { rotate, withSecondTry } from './turns.ts';

test('what ends is put back and measured once more, and that is told', async () => {
  const log: string[] = [];
  const ends = [new Error('fenced')];
  const measured = withSecondTry({
    async measure() {
      log.push('measured');
      const end = ends.pop();
      if (end !== undefined) throw end;
      return 5;
    },
    putBack: async () => void log.push('put back'),
    onEnd: (error) => void log.push(String(error)),
    waitMs: 0,
  });
  expect(await measured).toBe(5);
  expect(log).toEqual(['measured', 'Error: fenced', 'put back', 'measured']);
});

test('what ends twice has no figure', async () => {
  let tries = 0;
  const measured = withSecondTry({
    async measure() {
      tries += 1;
      throw new Error(`ended, try ${tries}`);
    },
    putBack: async () => {},
    onEnd: () => {},
    waitMs: 0,
  });
  await expect(measured).rejects.toThrow('ended, try 2');
  expect(tries).toBe(2);
});

test('each round begins with the next one', () => {
  const names = ['a', 'b', 'c'];
  expect([0, 1, 2, 3].map((round) => rotate(names, round).join(''))).toEqual(['abc', 'bca', 'cab', 'abc']);
});
