import { openLifecycleRoom } from '@scoreline/runtime/model-lifecycle/testing/lifecycle-room.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import { expect, onTestFinished, test } from 'vitest';
import { createRegisteredFinder } from './find-registered.ts';

test('a registered version is found in the store, any other is left to the models’ folder', async () => {
  const [room, pkg] = await Promise.all([openLifecycleRoom(), writeTinyPackage()]);
  onTestFinished(async () => {
    await Promise.all([room.close(), pkg.remove()]);
  });
  await room.lifecycle.push({ dir: pkg.dir }, { actor: 'anna', reason: 'first' });
  const find = createRegisteredFinder(room.store, room.projection.state);
  const dir = await find({ model: 'tiny', modelVersion: '1.0.0' });
  expect((await loadPackage(dir ?? '')).manifest.name).toBe('tiny');
  expect(await find({ model: 'tiny', modelVersion: '2.0.0' })).toBeUndefined();
});
