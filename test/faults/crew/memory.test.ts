import { expect, it } from 'vitest';
import { measureMemory } from './memory.ts';

const NO_PROCESS = 2 ** 22 + 1;

it.runIf(process.platform === 'linux')('measures the living, and passes over the dead', () => {
  const crew = [
    { name: 'alive', pid: () => process.pid },
    { name: 'never started', pid: () => undefined },
    { name: 'just ended', pid: () => NO_PROCESS },
  ];
  const memory = measureMemory(crew);
  expect([...memory.keys()]).toEqual(['alive']);
  expect(memory.get('alive')).toBeGreaterThan(10);
});
