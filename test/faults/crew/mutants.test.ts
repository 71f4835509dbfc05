import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../nemesis.ts';
import { mutate, type Mutant, MUTANTS } from './mutants.ts';

const REPOSITORY = join(import.meta.dirname, '../../..');

describe.each(Object.entries<Mutant>(MUTANTS))('%s', (_, { mutations, faults }) => {
  it.each(mutations)('still finds its text in $file', (mutation) => {
    const source = readFileSync(join(REPOSITORY, mutation.file), 'utf8');
    expect(mutate(source, mutation)).not.toBe(source);
  });

  it.each(faults)('is brought to light by a fault that there is: %s', (fault) => {
    expect(FAULTS.map(({ name }) => name)).toContain(fault);
  });
});

it('throws where a text is gone or stands there twice', () => {
  expect(() => mutate('a b a', { file: 'x.ts', text: 'a', by: 'c' })).toThrow('x.ts has not exactly one "a"');
  expect(() => mutate('b', { file: 'x.ts', text: 'a', by: 'c' })).toThrow('x.ts');
});
