import { describe, expect, it } from 'vitest';
import { bytesOf, readKept } from './corpus.ts';
import { checkInput } from './engine/check-input.ts';
import { TARGETS } from './targets.ts';

/** What fuzzing has found, and what it keeps: each input is taken as the target promises. */
describe.each(TARGETS)('$name', (definition) => {
  it('takes its good inputs and every one that is kept', async () => {
    const target = await definition.open();
    try {
      const kept = await readKept(definition.name);
      const inputs = [
        ...target.seeds.map((input, index) => [`seed ${index}`, input] as const),
        ...[...kept].map(([name, entry]) => [`${name}: ${entry.note}`, bytesOf(entry)] as const),
      ];
      for (const [name, input] of inputs)
        expect({ name, failure: await checkInput(target, input) }).toEqual({ name });
    } finally {
      await target.close();
    }
  });
});
