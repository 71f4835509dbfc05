import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest';
import { createSharedModels } from './shared-models.ts';
import { openTinyModel } from './testing/scoring-room.ts';

let tiny: LoadedModel;
beforeAll(async () => {
  tiny = await openTinyModel();
});
afterAll(() => tiny.close());
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

function createRoom(failing = new Map<string, Error>()) {
  const log: string[] = [];
  const models = createSharedModels(async (ref) => {
    log.push(`open ${ref}`);
    const failure = failing.get(ref);
    if (failure !== undefined) throw failure;
    return { ...tiny, close: async () => void log.push(`close ${ref}`) };
  }, 1_000);
  return { models, log, failing };
}

test('a version that two ask for is opened once, and freed when both have let go of it', async () => {
  const { models, log } = createRoom();
  const [first, second] = await Promise.all([models.open('a'), models.open('a')]);
  expect(first).toBe(second);
  expect(models.find('a')).toBe(first);
  await first.close();
  await vi.advanceTimersByTimeAsync(5_000);
  expect(log).toEqual(['open a']);
  await second.close();
  await vi.advanceTimersByTimeAsync(999);
  expect(models.find('a')).toBe(first);
  // It was used: it stays as long again.
  await vi.advanceTimersByTimeAsync(999);
  expect(log).toEqual(['open a']);
  await vi.advanceTimersByTimeAsync(1);
  expect([models.find('a'), log]).toEqual([undefined, ['open a', 'close a']]);
});

test('one that is asked for again while it lingers stays', async () => {
  const { models, log } = createRoom();
  await (await models.open('a')).close();
  await vi.advanceTimersByTimeAsync(900);
  await models.open('a');
  await vi.advanceTimersByTimeAsync(5_000);
  expect(log).toEqual(['open a']);
});

test('one that could not be opened is opened anew', async () => {
  const { models, log, failing } = createRoom(new Map([['a', new Error('the store is away')]]));
  await expect(Promise.all([models.open('a'), models.open('a')])).rejects.toThrow('away');
  failing.clear();
  await models.open('a');
  expect(log).toEqual(['open a', 'open a']);
});

test('close frees all, held or not', async () => {
  const { models, log } = createRoom();
  await models.open('a');
  await (await models.open('b')).close();
  await models.close();
  expect(log.toSorted()).toEqual(['close a', 'close b', 'open a', 'open b']);
});
