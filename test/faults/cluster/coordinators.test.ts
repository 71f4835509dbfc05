import { expect, it } from 'vitest';
import { hashOf } from './coordinators.ts';

it.each([
  ['', 0],
  ['scorer', 1_239_716_896],
  ['scorer.lead-created.0', 1_761_945_863],
  // Its hash is Integer.MIN_VALUE, which has no absolute value.
  ['polygenelubricants', 0],
])('hashes %j as Java does, without the sign', (name, hash) => {
  expect(hashOf(name)).toBe(hash);
});
