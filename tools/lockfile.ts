import { readFile } from 'node:fs/promises';

/** A package as package-lock.json has it. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  readonly license: string | undefined;
  readonly integrity: string | undefined;
  readonly resolved: string | undefined;
  readonly hasInstallScript: boolean;
}

interface Entry {
  /** Where it is installed under another name. */
  readonly name?: string;
  readonly version?: string;
  readonly license?: string;
  readonly integrity?: string;
  readonly resolved?: string;
  readonly hasInstallScript?: boolean;
  readonly link?: boolean;
}

/** Every package of others, by the lockfile; a package in several versions is there as often. */
export async function readLockfile(): Promise<readonly LockedPackage[]> {
  const text = await readFile(new URL('../package-lock.json', import.meta.url), 'utf8');
  const { packages } = JSON.parse(text) as { readonly packages: Readonly<Record<string, Entry>> };
  return Object.entries(packages).flatMap(([path, entry]) => {
    const [, name] = /(?:^|.*\/)node_modules\/((?:@[^/]+\/)?[^/]+)$/.exec(path) ?? [];
    return name === undefined || entry.link === true ? [] : [toPackage(entry.name ?? name, entry)];
  });
}

function toPackage(name: string, entry: Entry): LockedPackage {
  const { version = '', license, integrity, resolved, hasInstallScript = false } = entry;
  return { name, version, license, integrity, resolved, hasInstallScript };
}
