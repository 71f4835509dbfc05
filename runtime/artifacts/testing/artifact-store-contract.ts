import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { loadPackage } from '../../model-package/load.ts';
import { type WrittenPackage, writeTinyPackage } from '../../testing/tiny-package.ts';
import type { ArtifactStore, PackageRef, PutOutcome, StoredPackage } from '../artifact-store.ts';
import { type ArtifactStoreSettings, createArtifactStore } from '../create-artifact-store.ts';

/** A place that a store works on, as its own tools see it. */
export interface StorePlace {
  readonly settings: Omit<ArtifactStoreSettings, 'cacheDir'>;
  write(path: string, content: string | Uint8Array): Promise<void>;
  remove(path: string): Promise<void>;
  close(): Promise<void>;
}

/** Past the kernel's limit: no process has it. */
const ENDED_PID = 2 ** 30;

/** The tiny package's place. */
export const TINY: PackageRef = { model: 'tiny', version: '1.0.0' };

/** A store on an empty place, with a tiny package to put. */
interface Room {
  readonly place: StorePlace;
  readonly pkg: WrittenPackage;
  readonly cacheDir: string;
  readonly store: ArtifactStore;
  /** Another store on the same place and cache, as another process has it. */
  openStore(): ArtifactStore;
  put(): Promise<StoredPackage>;
}

const CASES: readonly (readonly [name: string, run: (room: Room) => Promise<void>])[] = [
  [
    'gives back what was put, in a folder that loads',
    async ({ pkg, store, put }) => {
      const { uri, manifestSha256 } = await put();
      const dir = await store.fetch(uri, manifestSha256);
      expect(dir.endsWith('tiny/1.0.0')).toBe(true);
      expect((await loadPackage(dir)).manifest.name).toBe('tiny');
      expect(await readFolder(dir)).toEqual(await readFolder(pkg.dir));
    },
  ],
  [
    'takes the same bytes again, and refuses others under the same version',
    async ({ pkg, store, put }) => {
      const first = await put();
      expect(await store.put(pkg.dir, TINY)).toEqual({ ok: true, stored: first, already: true });
      const other = await writeTinyPackage(({ manifest }) => void (manifest.description = 'another'));
      expect(await store.put(other.dir, TINY)).toMatchObject({ ok: false, code: 'other_bytes' });
      await other.remove();
      expect(await readFolder(await store.fetch(first.uri, first.manifestSha256))).toEqual(
        await readFolder(pkg.dir),
      );
    },
  ],
  [
    'lets one of two who put other bytes at once win, and tells the other',
    async ({ pkg, store, openStore }) => {
      const other = await writeTinyPackage(({ manifest }) => void (manifest.description = 'another'));
      const outcomes = await Promise.all([store.put(pkg.dir, TINY), openStore().put(other.dir, TINY)]);
      await other.remove();
      const [won, ...others] = outcomes.filter(({ ok }) => ok).map(expectStored);
      expect(others).toEqual([]);
      expect(await store.fetch(won?.uri ?? '', won?.manifestSha256 ?? '')).toContain('tiny/1.0.0');
    },
  ],
  [
    'completes a put that broke off',
    async ({ place, store, put }) => {
      const { uri, manifestSha256 } = await put();
      await place.remove('tiny/1.0.0/golden.json');
      await expect(store.fetch(uri, manifestSha256)).rejects.toMatchObject({ code: 'missing' });
      await put();
      await store.fetch(uri, manifestSha256);
    },
  ],
  [
    'has no package that was never put',
    async ({ store }) => {
      await expect(store.fetch('tiny/9.9.9', '0'.repeat(64))).rejects.toMatchObject({ code: 'missing' });
    },
  ],
  [
    'refuses changed bytes, keeps none of them, and takes the right ones afterwards',
    async ({ place, pkg, cacheDir, store, put }) => {
      const { uri, manifestSha256 } = await put();
      const golden = await readFile(join(pkg.dir, 'golden.json'));
      await place.write('tiny/1.0.0/golden.json', golden.toString().replace('1.5', '2.5'));
      await expect(store.fetch(uri, manifestSha256)).rejects.toMatchObject({ code: 'corrupt' });
      expect((await listFiles(cacheDir)).filter((path) => path.includes('golden'))).toEqual([]);
      await place.write('tiny/1.0.0/golden.json', golden);
      await store.fetch(uri, manifestSha256);
    },
  ],
  [
    'refuses a manifest other than the promised one',
    async ({ store, put }) => {
      const { uri } = await put();
      await expect(store.fetch(uri, '1'.repeat(64))).rejects.toMatchObject({ code: 'corrupt' });
    },
  ],
  [
    'needs the store no more for what it has, and mends a cache that was damaged',
    async ({ place, pkg, store, openStore, put }) => {
      const { uri, manifestSha256 } = await put();
      const dir = await store.fetch(uri, manifestSha256);
      await place.remove('tiny/1.0.0/model.onnx');
      expect(await openStore().fetch(uri, manifestSha256)).toBe(dir);
      await writeFile(join(dir, 'model.onnx'), 'damaged');
      await expect(store.fetch(uri, manifestSha256)).rejects.toMatchObject({ code: 'missing' });
      await place.write('tiny/1.0.0/model.onnx', await readFile(join(pkg.dir, 'model.onnx')));
      expect(await readFolder(await store.fetch(uri, manifestSha256))).toEqual(await readFolder(pkg.dir));
    },
  ],
  [
    'goes on with what another process left, right bytes or wrong',
    async ({ pkg, cacheDir, openStore, put }) => {
      const { uri, manifestSha256 } = await put();
      const model = await readFile(join(pkg.dir, 'model.onnx'));
      for (const left of [
        model.subarray(0, 20),
        Buffer.from('other bytes'),
        model,
        Buffer.concat([model, model]),
      ]) {
        await rm(cacheDir, { recursive: true });
        const partial = join(cacheDir, 'partial', manifestSha256, `model.onnx.${ENDED_PID}`);
        await mkdir(dirname(partial), { recursive: true });
        await writeFile(partial, left);
        expect(await readFolder(await openStore().fetch(uri, manifestSha256))).toEqual(
          await readFolder(pkg.dir),
        );
      }
    },
  ],
  [
    "brings the model's policy, and its changes",
    async ({ place, pkg, store, put }) => {
      const policy = (fireAfter: number): string =>
        JSON.stringify({ alerts: { fire_after: fireAfter, within: 9 } });
      await writeFile(join(pkg.dir, '../policy.json'), policy(3));
      const { uri, manifestSha256 } = await put();
      const fireAfter = async (): Promise<number> =>
        (await loadPackage(await store.fetch(uri, manifestSha256))).policy.alerts.fireAfter;
      expect(await fireAfter()).toBe(3);
      await writeFile(join(pkg.dir, '../policy.json'), policy(4));
      await put();
      expect(await fireAfter()).toBe(3);
      await place.write('tiny/policy.json', policy(5));
      expect(await fireAfter()).toBe(5);
      await place.remove('tiny/policy.json');
      expect(await fireAfter()).toBe(2);
    },
  ],
  [
    'ends an aborted fetch',
    async ({ store, put }) => {
      const { uri, manifestSha256 } = await put();
      await expect(store.fetch(uri, manifestSha256, AbortSignal.abort())).rejects.toMatchObject({
        code: 'aborted',
      });
    },
  ],
];

/** What every kind of artifact store does alike, as tests. */
export function describeArtifactStore(name: string, openPlace: () => Promise<StorePlace>): void {
  describe(`artifact store: ${name}`, () => {
    test.each(CASES)('%s', async (_, run) => {
      expect.hasAssertions();
      const place = await openPlace();
      const pkg = await writeTinyPackage();
      const cacheDir = await mkdtemp(join(tmpdir(), 'scoreline-cache-'));
      const openStore = (): ArtifactStore => createArtifactStore({ ...place.settings, cacheDir });
      const store = openStore();
      const put = async (): Promise<StoredPackage> => expectStored(await store.put(pkg.dir, TINY));
      try {
        await run({ place, pkg, cacheDir, store, openStore, put });
      } finally {
        await Promise.all([place.close(), pkg.remove(), rm(cacheDir, { recursive: true, force: true })]);
      }
    });
  });
}

/** The stored package of a put that succeeded. */
export function expectStored(outcome: PutOutcome): StoredPackage {
  if (!outcome.ok) throw new Error(outcome.message);
  return outcome.stored;
}

/** File name to the sha256 of its bytes. */
export async function readFolder(dir: string): Promise<Record<string, string>> {
  const names = await readdir(dir);
  const hashes = names.map(async (name) => {
    const bytes = await readFile(join(dir, name));
    return [name, createHash('sha256').update(bytes).digest('hex')] as const;
  });
  return Object.fromEntries(await Promise.all(hashes));
}

/** Every file below a folder, as paths. */
export async function listFiles(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ parentPath, name }) => join(parentPath, name));
}
