import { rm, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Golden } from '@scoreline/core/contracts/golden.ts';
import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import type { Reference } from '@scoreline/core/contracts/reference.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { openModel } from '@scoreline/runtime/model-package/open.ts';
import { PackageRefused } from '@scoreline/runtime/model-package/refused.ts';
import { type TinyPackage, writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import type { FuzzTarget } from '../target.ts';
import { findLeadData, LEAD_DATA } from './lead-data.ts';

/** A package as one document: its JSON files, further files by name, and links by name. */
interface PackageInput {
  readonly manifest?: Manifest;
  readonly reference?: Reference;
  readonly golden?: Golden;
  readonly policy?: unknown;
  readonly files?: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
}

/** The folder of a model version, as a service or `scoreline model push` finds it. */
export const packageTarget: FuzzTarget = {
  name: 'package',
  reads: 'the folder of a model package: manifest, files and their hashes, links, reference, golden rows',
  form: 'json',
  words: ['../', '/etc/passwd', 'model.onnx', 'manifest.json'],
  async open() {
    const seed = await describeTiny();
    const more: PackageInput = {
      ...seed,
      policy: { windows: { base: 'PT1H' } },
      files: { 'notes.txt': 'x' },
      links: { 'weights.bin': '/etc/hostname' },
    };
    return {
      seeds: [seed, more].map((each) => Buffer.from(JSON.stringify(each))),
      async take(input) {
        const parts = parse(input);
        return parts === undefined ? undefined : tryPackage(parts);
      },
      close: async () => {},
    };
  },
};

async function tryPackage(input: PackageInput): Promise<string | undefined> {
  const written = await writeTinyPackage(async (parts) => {
    Object.assign(parts, {
      manifest: input.manifest,
      reference: input.reference ?? null,
      golden: input.golden ?? null,
    });
  });
  try {
    for (const [name, content] of Object.entries(input.files ?? {}))
      await putFile(written.dir, name, content);
    for (const [name, target] of Object.entries(input.links ?? {})) await putLink(written.dir, name, target);
    if (input.policy !== undefined)
      await writeFile(join(written.dir, '../policy.json'), JSON.stringify(input.policy));
    const model = await openModel(await loadPackage(written.dir));
    await model.close();
    return undefined;
  } catch (error) {
    if (!(error instanceof PackageRefused)) throw error;
    return findLeadData('the refusal', error.message);
  } finally {
    await written.remove();
  }
}

/** Names that no folder takes aren't put there. */
async function putFile(dir: string, name: string, content: unknown): Promise<void> {
  if (!isFileName(name) || typeof content !== 'string') return;
  await writeFile(join(dir, name), content).catch(() => {});
}

async function putLink(dir: string, name: string, target: unknown): Promise<void> {
  if (!isFileName(name) || typeof target !== 'string') return;
  await rm(join(dir, name), { force: true });
  await symlink(target, join(dir, name)).catch(() => {});
}

function isFileName(name: string): boolean {
  return /^[\w.-]{1,255}$/.test(name) && name !== '.' && name !== '..';
}

function parse(input: Buffer): PackageInput | undefined {
  try {
    const parts = JSON.parse(input.toString()) as PackageInput;
    // What nests deeper than can be written again is read as text by the target `policy`.
    JSON.stringify(parts);
    return isWritable(parts) ? parts : undefined;
  } catch {
    return undefined;
  }
}

/** The writer of packages needs a list of files; the reader is asked of it by what is in the list. */
function isWritable(parts: PackageInput | null): boolean {
  return typeof parts?.manifest?.files === 'object' && parts.manifest.files !== null;
}

/** The sound package that tests write. */
async function describeTiny(): Promise<PackageInput> {
  let parts: TinyPackage | undefined;
  const written = await writeTinyPackage((tiny) => void (parts = tiny));
  await written.remove();
  if (parts === undefined) throw new Error('the tiny package was not written');
  const { reference, golden } = parts;
  // Hashes are made anew of whatever the files become.
  const files = Object.fromEntries(Object.keys(parts.manifest.files).map((name) => [name, '']));
  const manifest = { ...parts.manifest, files: { ...parts.manifest.files, ...files } };
  const [row] = golden.rows;
  const rows =
    row === undefined ? golden.rows : [{ ...row, event: { ...row.event, name: LEAD_DATA } }, ...golden.rows];
  return { manifest, reference, golden: { ...golden, rows } };
}
