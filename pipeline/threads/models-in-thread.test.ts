import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { expect, test, vi } from 'vitest';
import { aloneInLineup } from '../lineup.ts';
import { ModelsInThread } from './models-in-thread.ts';

/** All that is read of a model here is where its package is, and what that says. */
function modelIn(dir: string): LoadedModel {
  return { dir, manifest: {}, policy: {} } as LoadedModel;
}

test('a model that no lineup has had for a minute is closed there, and opened again when one has', async () => {
  const posted: string[] = [];
  const models = new ModelsInThread((message) => posted.push(message.kind));
  vi.useFakeTimers();
  try {
    const [old, recent] = [aloneInLineup(modelIn('old')), aloneInLineup(modelIn('recent'))];
    expect(models.has(old)).toBe(false);
    models.opened(1);
    expect(models.has(old)).toBe(true);
    vi.advanceTimersByTime(59_000);
    models.has(recent);
    expect(posted).toEqual(['open', 'open']);
    vi.advanceTimersByTime(2_000);
    models.has(recent);
    expect(posted).toEqual(['open', 'open', 'close']);
    expect(models.has(old)).toBe(false);
    expect(posted).toEqual(['open', 'open', 'close', 'open']);
  } finally {
    vi.useRealTimers();
  }
});
