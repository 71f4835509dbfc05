import { randomUUID } from 'node:crypto';
import { mkdir, readdir, readFile, rename, rm, rmdir, stat, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { ArtifactError } from './artifact-error.ts';
import { hasSha256 } from './download-file.ts';
import { type ManifestFile, readManifest, sha256Of } from './read-manifest.ts';

/**
 * Packages on this machine's disk by the sha256 of their manifest: `<cache>/<sha256>/<model>/<version>/…`. An entry
 * appears whole, by a rename, and is verified each time it is asked for; files under way lie in `<cache>/partial`.
 */
export interface PackageCache {
  /** The package's folder, every byte verified; undefined where it isn't there, and a damaged one is removed. */
  find(manifestSha256: string): Promise<CachedPackage | undefined>;
  /** The file of this process to download to; what a process that is gone left of it is taken over. */
  partialFile(manifestSha256: string, name: string): Promise<string>;
  /** Makes an entry of a manifest, its downloaded files and the model's policy, where it has one. */
  complete(manifest: ManifestFile, policy: Buffer | undefined): Promise<CachedPackage>;
}

export interface CachedPackage {
  /** `…/<model>/<version>`. */
  readonly dir: string;
  /** The folder above, where policy.json lies. */
  readonly modelDir: string;
}

/** Packages kept; the longest unused go first. */
const MAX_PACKAGES = 50;
const SHA256 = /^[0-9a-f]{64}$/;
const PARTIAL = 'partial';

export function createPackageCache(root: string): PackageCache {
  const partialDir = (sha256: string): string => join(root, PARTIAL, sha256);
  const ownPartial = (sha256: string, name: string): string =>
    join(partialDir(sha256), `${name}.${process.pid}`);
  return {
    async find(sha256) {
      const entry = join(root, sha256);
      const found = await verifyEntry(entry, sha256);
      if (found === undefined) await rm(entry, { recursive: true, force: true });
      else await utimes(entry, new Date(), new Date()).catch(() => {});
      return found;
    },
    async partialFile(sha256, name) {
      await mkdir(partialDir(sha256), { recursive: true });
      const own = ownPartial(sha256, name);
      if (!(await exists(own))) await adoptOrphan(partialDir(sha256), name, own);
      return own;
    },
    async complete(file, policy) {
      const { sha256, manifest } = file;
      const { name, version, files } = manifest;
      const entry = join(root, sha256);
      const building = join(partialDir(sha256), `${randomUUID()}.building`);
      const place = join(building, name, version);
      await mkdir(place, { recursive: true });
      for (const each of Object.keys(files)) await rename(ownPartial(sha256, each), join(place, each));
      await rename(ownPartial(sha256, 'manifest.json'), join(place, 'manifest.json'));
      if (policy !== undefined) await writeFile(join(place, '../policy.json'), policy);
      await renameUnlessThere(building, entry);
      // Not empty while another process downloads the same.
      await rmdir(partialDir(sha256)).catch(() => {});
      await forgetOldest(root);
      return { dir: join(entry, name, version), modelDir: join(entry, name) };
    },
  };
}

async function verifyEntry(entry: string, sha256: string): Promise<CachedPackage | undefined> {
  const [name] = await readdir(entry).catch(() => []);
  const [version] = name === undefined ? [] : await listFolders(join(entry, name));
  if (name === undefined || version === undefined) return undefined;
  const dir = join(entry, name, version);
  const bytes = await readFile(join(dir, 'manifest.json')).catch(() => undefined);
  if (bytes === undefined || sha256Of(bytes) !== sha256) return undefined;
  const { manifest } = readManifest(bytes, dir);
  for (const [file, expected] of Object.entries(manifest.files))
    if (!(await hasSha256(join(dir, file), expected))) return undefined;
  return { dir, modelDir: join(entry, name) };
}

/** Another process may have been faster: its entry has the same bytes. */
async function renameUnlessThere(from: string, to: string): Promise<void> {
  try {
    await rename(from, to);
  } catch (error) {
    if (!(await exists(to)))
      throw new ArtifactError('unavailable', `the cache ${to} can't be written: ${String(error)}`, error);
    await rm(from, { recursive: true, force: true });
  }
}

/** Takes over what a process that has ended read of a file; two who try get it once, since a rename is one step. */
async function adoptOrphan(dir: string, name: string, own: string): Promise<void> {
  const others = (await readdir(dir)).filter((each) => each.startsWith(`${name}.`));
  const orphan = others.find((each) => !isRunning(Number(each.slice(name.length + 1))));
  if (orphan !== undefined) await rename(join(dir, orphan), own).catch(() => {});
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}

async function forgetOldest(root: string): Promise<void> {
  const names = (await readdir(root)).filter((name) => SHA256.test(name));
  if (names.length <= MAX_PACKAGES) return;
  const entries = await Promise.all(
    names.map(async (name) => ({
      name,
      usedMs: await stat(join(root, name)).then(
        ({ mtimeMs }) => mtimeMs,
        () => 0,
      ),
    })),
  );
  entries.sort((a, b) => a.usedMs - b.usedMs);
  for (const { name } of entries.slice(0, names.length - MAX_PACKAGES))
    await rm(join(root, name), { recursive: true, force: true });
}

async function listFolders(dir: string): Promise<string[]> {
  const entries = await readdir(dir, { withFileTypes: true }).catch(() => []);
  return entries.filter((entry) => entry.isDirectory()).map(({ name }) => name);
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
