import { findPackage } from './find.ts';
import { loadPackage } from './load.ts';
import { type LoadedModel, openModel } from './open.ts';

/** Finds, loads and opens `<name>@<version>`. Throws PackageRefused, or an error that names the reference. */
export async function openPackage(modelsDir: string, reference: string): Promise<LoadedModel> {
  const dir = findPackage(modelsDir, reference);
  if (dir === undefined) throw new Error(`'${reference}' is no model reference: it reads <name>@<version>`);
  return openModel(await loadPackage(dir));
}
