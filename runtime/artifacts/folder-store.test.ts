import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect, test } from 'vitest';
import { createArtifactStore } from './create-artifact-store.ts';
import { describeArtifactStore, type StorePlace } from './testing/artifact-store-contract.ts';

async function openFolder(): Promise<StorePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'scoreline-store-'));
  return {
    settings: { root: folder },
    async write(path, content) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    },
    remove: (path) => rm(join(folder, path), { force: true }),
    close: () => rm(folder, { recursive: true, force: true }),
  };
}

describeArtifactStore('a folder', openFolder);

test('a folder that is not mounted is an outage, not a missing package', async () => {
  const store = createArtifactStore({
    root: '/nowhere/models',
    cacheDir: join(tmpdir(), 'scoreline-no-cache'),
  });
  await expect(store.fetch('tiny/1.0.0', '0'.repeat(64))).rejects.toMatchObject({
    code: 'unavailable',
    message: expect.stringContaining('is it mounted?') as string,
  });
});
