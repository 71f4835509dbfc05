import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { PackageRefused } from '@scoreline/runtime/model-package/refused.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { openModel } from '@scoreline/runtime/model-package/open.ts';
import { afterEach, expect, test, vi } from 'vitest';
import { createModelSlot, type ModelSlot } from './model-slot.ts';

/** Real models, with a record of which were opened and closed. */
async function createRoom(outcomes: Readonly<Record<string, Error>> = {}) {
  const opened: string[] = [];
  const closed: string[] = [];
  const facts: string[] = [];
  const failing = new Map(Object.entries(outcomes));
  const slot = createModelSlot({
    async open(ref): Promise<LoadedModel> {
      opened.push(ref);
      const failure = failing.get(ref);
      if (failure !== undefined) throw failure;
      const model = await openModel(await loadPackage('models/bank-leads/1.0.0'));
      const manifest = { ...model.manifest, version: ref };
      return { ...model, manifest, close: () => model.close().then(() => void closed.push(ref)) };
    },
    events: {
      modelSwitched: ({ manifest }) => facts.push(`switched ${manifest.version}`),
      modelUnavailable: (ref, _reason, isFinal) =>
        facts.push(`unavailable ${ref}${isFinal ? ' for good' : ''}`),
      refusalEnded: (ref) => facts.push(`refusal of ${ref} ended`),
    },
  });
  slots.push(slot);
  return { slot, opened, closed, facts, failing };
}

const slots: ModelSlot[] = [];
afterEach(async () => {
  vi.useRealTimers();
  await Promise.all(slots.splice(0).map((slot) => slot.close()));
});

const versionOf = (slot: ModelSlot) => slot.current()?.manifest.version;

test('the current model scores until the wanted one is ready', async () => {
  const { slot } = await createRoom();
  slot.want('a');
  expect(versionOf(slot)).toBeUndefined();
  await slot.settled();
  expect(versionOf(slot)).toBe('a');
  slot.want('b');
  expect(versionOf(slot)).toBe('a');
  await slot.settled();
  expect(versionOf(slot)).toBe('b');
});

test('the way back opens nothing; the one before that is closed', async () => {
  const { slot, opened, closed } = await createRoom();
  for (const ref of ['a', 'b', 'a']) {
    slot.want(ref);
    await slot.settled();
  }
  expect([versionOf(slot), opened, closed]).toEqual(['a', ['a', 'b'], []]);
  slot.want('c');
  await slot.settled();
  expect([versionOf(slot), closed]).toEqual(['c', ['b']]);
});

test('of several wishes the latest counts, and an earlier one never comes back', async () => {
  const { slot, facts } = await createRoom();
  for (const ref of ['a', 'b', 'c']) slot.want(ref);
  await slot.settled();
  expect([versionOf(slot), facts]).toEqual(['c', ['switched c']]);
});

test('a refused package leaves the old model scoring, with the reason', async () => {
  const { slot, facts } = await createRoom({
    b: new PackageRefused('models/b', [{ code: 'golden.off', message: 'row 3' }]),
  });
  slot.want('a');
  await slot.settled();
  slot.want('b');
  await slot.settled();
  expect([versionOf(slot), facts]).toEqual(['a', ['switched a', 'unavailable b for good']]);
  expect(slot.problem()).toContain('b can not score');
  slot.want('a');
  await slot.settled();
  expect(slot.problem()).toBeUndefined();
  expect(facts.slice(2)).toEqual(['refusal of b ended', 'switched a']);
});

test('a store that is away is tried again until it is there', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  const { slot, facts, failing } = await createRoom({ a: new Error('the store does not answer') });
  slot.want('a');
  await slot.settled();
  expect(versionOf(slot)).toBeUndefined();
  failing.clear();
  await vi.advanceTimersByTimeAsync(500);
  await slot.settled();
  expect([versionOf(slot), facts]).toEqual(['a', ['unavailable a', 'switched a']]);
});

test('close frees every model', async () => {
  const { slot, closed } = await createRoom();
  for (const ref of ['a', 'b']) {
    slot.want(ref);
    await slot.settled();
  }
  await slot.close();
  expect(closed.toSorted()).toEqual(['a', 'b']);
});
