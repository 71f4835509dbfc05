import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type WrittenPackage, writeTinyPackage } from '../testing/tiny-package.ts';
import type { ArtifactStore } from './artifact-store.ts';
import { type ArtifactStoreSettings, createArtifactStore } from './create-artifact-store.ts';
import { sha256Of } from './read-manifest.ts';
import {
  describeArtifactStore,
  listFiles,
  readFolder,
  type StorePlace,
  TINY,
} from './testing/artifact-store-contract.ts';
import { startWebFolder, type WebFolder, type WebFolderOptions } from './testing/web-folder.ts';

async function openWeb(options: WebFolderOptions = {}): Promise<StorePlace> {
  const folder = await mkdtemp(join(tmpdir(), 'scoreline-web-'));
  const web = await startWebFolder(folder, options);
  return {
    settings: { root: web.url, authorization: options.authorization },
    async write(path, content) {
      await mkdir(dirname(join(folder, path)), { recursive: true });
      await writeFile(join(folder, path), content);
    },
    remove: (path) => rm(join(folder, path), { force: true }),
    async close() {
      await web.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

describeArtifactStore('a web server', () => openWeb({ authorization: 'Bearer secret' }));
describeArtifactStore('a web server without ranges', () => openWeb({ ranges: false }));

const UNDER_WAY = { idleTimeoutMs: 1_000, retryDelayMs: 5 };

describe('a web server that fails', () => {
  let pkg: WrittenPackage;
  let web: WebFolder;
  let cacheDir: string;
  let manifestSha256: string;
  beforeEach(async () => {
    pkg = await writeTinyPackage();
    web = await startWebFolder(pkg.modelsDir, { writable: false });
    cacheDir = await mkdtemp(join(tmpdir(), 'scoreline-cache-'));
    manifestSha256 = sha256Of(await readFile(join(pkg.dir, 'manifest.json')));
  });
  afterEach(async () => {
    await web.close();
    await Promise.all([pkg.remove(), rm(cacheDir, { recursive: true, force: true })]);
  });
  const open = (more: Partial<ArtifactStoreSettings> = {}): ArtifactStore =>
    createArtifactStore({ root: web.url, cacheDir, limits: UNDER_WAY, ...more });
  const fetchFrom = (store: ArtifactStore, signal?: AbortSignal): Promise<string> =>
    store.fetch(`${web.url}/tiny/1.0.0`, manifestSha256, signal);
  const modelRequests = (): string[] => web.requests.filter((request) => request.includes('model.onnx'));

  test.each([
    ['cut', { kind: 'cut', afterBytes: 100 }],
    ['silent', { kind: 'hang', afterBytes: 100 }],
  ] as const)('a connection that is %s is taken up where it broke off', async (_, fault) => {
    web.failNext('model.onnx', fault);
    expect(await readFolder(await fetchFrom(open()))).toEqual(await readFolder(pkg.dir));
    expect(modelRequests()).toEqual(['GET /tiny/1.0.0/model.onnx', 'GET /tiny/1.0.0/model.onnx 100-']);
  });

  test('one that is slow, but never silent, is waited for', async () => {
    web.failNext('model.onnx', { kind: 'trickle', everyMs: 150 });
    await fetchFrom(open());
    expect(modelRequests()).toEqual(['GET /tiny/1.0.0/model.onnx']);
  });

  test('one without ranges sends the whole file again, which replaces the first part', async () => {
    const plain = await startWebFolder(pkg.modelsDir, { ranges: false });
    plain.failNext('model.onnx', { kind: 'cut', afterBytes: 100 });
    const store = open({ root: plain.url });
    expect(await readFolder(await store.fetch('tiny/1.0.0', manifestSha256))).toEqual(
      await readFolder(pkg.dir),
    );
    const requests = plain.requests.filter((request) => request.includes('model.onnx'));
    expect(requests).toHaveLength(2);
    await plain.close();
  });

  test('a policy that cannot be asked for holds up a new package, and leaves one that is here its own', async () => {
    await writeFile(join(pkg.modelsDir, 'tiny/policy.json'), '{}');
    const down = { kind: 'status', status: 503 } as const;
    web.failNext('policy.json', down);
    const store = open();
    await expect(fetchFrom(store)).rejects.toMatchObject({ code: 'unavailable' });
    web.failNext('policy.json', down);
    await expect(fetchFrom(store)).rejects.toMatchObject({ code: 'unavailable' });
    await fetchFrom(store);
    await writeFile(join(pkg.modelsDir, 'tiny/policy.json'), '{"drift":{}}');
    web.failNext('policy.json', down);
    expect(await readFile(join(await fetchFrom(store), '../policy.json'), 'utf8')).toBe('{}');
    expect(await readFile(join(await fetchFrom(store), '../policy.json'), 'utf8')).toBe('{"drift":{}}');
  });

  test('a server that answers 503 is asked again', async () => {
    web.failNext('manifest.json', { kind: 'status', status: 503 });
    web.failNext('golden.json', { kind: 'status', status: 503 });
    await expect(fetchFrom(open())).resolves.toContain('tiny/1.0.0');
  });

  test('tries are bounded, and the next fetch goes on with what there was', async () => {
    for (let count = 0; count < 2; count += 1) web.failNext('model.onnx', { kind: 'cut', afterBytes: 50 });
    const limits = { ...UNDER_WAY, attempts: 2 };
    await expect(fetchFrom(open({ limits }))).rejects.toMatchObject({ code: 'unavailable' });
    await fetchFrom(open());
    expect(modelRequests().at(-1)).toBe('GET /tiny/1.0.0/model.onnx 100-');
  });

  test('a file and a package are bounded in time', async () => {
    for (let count = 0; count < 9; count += 1) web.failNext('model.onnx', { kind: 'hang', afterBytes: 10 });
    const slow = { idleTimeoutMs: 60_000 };
    for (const limits of [
      { ...slow, fileTimeoutMs: 100 },
      { ...slow, packageTimeoutMs: 100 },
    ])
      await expect(fetchFrom(open({ limits }))).rejects.toMatchObject({ code: 'timeout' });
  });

  test('a file that is too large is refused', async () => {
    const limits = { ...UNDER_WAY, maxFileBytes: 100 };
    await expect(fetchFrom(open({ limits }))).rejects.toMatchObject({ code: 'too_large' });
  });

  test('callers at the same time share one download, which lives while one of them waits', async () => {
    web.failNext('model.onnx', { kind: 'hang', afterBytes: 10 });
    const store = open();
    const impatient = new AbortController();
    const first = fetchFrom(store, impatient.signal);
    const others = Promise.all([fetchFrom(store), fetchFrom(store)]);
    await expect.poll(modelRequests).toHaveLength(1);
    impatient.abort();
    await expect(first).rejects.toMatchObject({ code: 'aborted' });
    expect(new Set(await others).size).toBe(1);
    expect(modelRequests()).toEqual(['GET /tiny/1.0.0/model.onnx', 'GET /tiny/1.0.0/model.onnx 10-']);
  });

  test('a download that nobody waits for ends, and what it has stays', async () => {
    web.failNext('model.onnx', { kind: 'hang', afterBytes: 10 });
    const store = open({ limits: { idleTimeoutMs: 60_000 } });
    const abort = new AbortController();
    const fetching = fetchFrom(store, abort.signal);
    await expect
      .poll(async () => (await listFiles(cacheDir)).some((path) => path.includes('model.onnx')))
      .toBe(true);
    abort.abort();
    await expect(fetching).rejects.toMatchObject({ code: 'aborted' });
    await expect(fetchFrom(store)).resolves.toContain('tiny/1.0.0');
  });

  test('one that is gone leaves what is in the cache usable', async () => {
    const dir = await fetchFrom(open());
    await web.close();
    expect(await fetchFrom(open())).toBe(dir);
  });

  test('one that takes no PUT says what to do, and takes a push of what was copied there', async () => {
    const store = open();
    expect(await store.put(pkg.dir, TINY)).toMatchObject({ ok: true, already: true });
    const other = await writeTinyPackage((parts) => {
      parts.manifest.version = '2.0.0';
      parts.folder = 'tiny/2.0.0';
    });
    expect(await store.put(other.dir, { model: 'tiny', version: '2.0.0' })).toMatchObject({
      ok: false,
      code: 'read_only',
      message: expect.stringContaining('copy the package there by other means') as string,
    });
    await other.remove();
  });

  test('credentials go to the configured store alone', async () => {
    const folder = pkg.modelsDir;
    const guarded = await startWebFolder(folder, { authorization: 'Bearer secret' });
    const store = open({ authorization: 'Bearer secret' });
    await expect(store.fetch(`${guarded.url}/tiny/1.0.0`, manifestSha256)).rejects.toMatchObject({
      code: 'forbidden',
    });
    const own = open({ root: guarded.url, authorization: 'Bearer secret' });
    await expect(own.fetch('tiny/1.0.0', manifestSha256)).resolves.toContain('tiny/1.0.0');
    await guarded.close();
  });

  test('a package in the place of another is refused', async () => {
    await mkdir(join(pkg.modelsDir, 'tiny/3.0.0'));
    await writeFile(
      join(pkg.modelsDir, 'tiny/3.0.0/manifest.json'),
      await readFile(join(pkg.dir, 'manifest.json')),
    );
    await expect(open().fetch('tiny/3.0.0', manifestSha256)).rejects.toMatchObject({
      code: 'invalid',
      message: expect.stringContaining('holds tiny@1.0.0') as string,
    });
  });
});
