import { expect, test } from 'vitest';
import { createChunkSizer } from './chunk-sizer.ts';

const open = () => createChunkSizer({ targetMs: 100, first: 50, most: 400 });

test('what is fast grows to the most, by doubling', () => {
  const sizer = open();
  const sizes = [sizer.size()];
  for (let chunk = 0; chunk < 4; chunk++) {
    sizer.took(sizer.size(), 1);
    sizes.push(sizer.size());
  }
  expect(sizes).toEqual([50, 100, 200, 400, 400]);
});

test('what is slow shrinks at once to what takes the target, and to one where even that is too long', () => {
  const sizer = open();
  sizer.took(50, 500);
  expect(sizer.size()).toBe(10);
  sizer.took(10, 5_000);
  expect(sizer.size()).toBe(1);
});

test('a small chunk in time says nothing; a small one that is late does', () => {
  const sizer = open();
  sizer.took(1, 60);
  expect(sizer.size()).toBe(50);
  sizer.took(2, 200);
  expect(sizer.size()).toBe(1);
});
