import { basename, dirname, join, resolve } from 'node:path';
import type { Golden } from '@scoreline/core/contracts/golden.ts';
import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import type { Reference } from '@scoreline/core/contracts/reference.ts';
import { checkGolden } from '@scoreline/core/model-package/check-golden.ts';
import { checkManifest } from '@scoreline/core/model-package/check-manifest.ts';
import { checkReference } from '@scoreline/core/model-package/check-reference.ts';
import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';
import { completePolicy, type CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import { findExternalData } from '../onnx/find-external-data.ts';
import { checkHash, findUnlistedFiles, readPackageFile } from './package-files.ts';
import { parseDocument } from './package-schemas.ts';
import { createChecklist, type Checklist, type CheckListener } from './refused.ts';

/** A model package whose files are whole and fit each other; the model itself isn't opened yet. */
export interface ModelPackage {
  readonly dir: string;
  readonly manifest: Manifest;
  readonly reference: Reference;
  readonly golden: Golden;
  /** The model folder's policy.json with its defaults filled in; all defaults where there is none. */
  readonly policy: CompletePolicy;
  /** The very bytes whose hash was checked. */
  readonly model: Uint8Array;
}

/**
 * Loads the package in folder `dir` (`…/<name>/<version>`), with the `policy.json` of the folder above. Throws
 * PackageRefused with every problem that was found; `onCheck` is told of each check as it is made.
 */
export async function loadPackage(dir: string, onCheck: CheckListener = () => {}): Promise<ModelPackage> {
  const checklist = createChecklist(dir, onCheck);
  const manifest = await loadManifest(dir, checklist);
  if (manifest === undefined) throw checklist.refusal();
  const files = await loadListedFiles(dir, manifest, checklist);
  const reference = loadReference(files, manifest, checklist);
  const golden = loadGolden(files, manifest, checklist);
  const model = loadModel(files, checklist);
  const policy = await loadPolicy(dirname(resolve(dir)), checklist);
  if (!checklist.passed() || !reference || !golden || !model || !policy) throw checklist.refusal();
  return { dir, manifest, reference, golden, policy, model };
}

/** File name to its bytes, for those that could be read. */
type Files = ReadonlyMap<string, Buffer>;

async function loadManifest(dir: string, checklist: Checklist): Promise<Manifest | undefined> {
  const file = await readPackageFile(dir, 'manifest.json');
  if (!file.ok) {
    const message = `${dir} holds no manifest.json: it must be the folder of one version, <name>/<version>`;
    checklist.record('manifest.json', [{ code: 'package.missing', message }]);
    return undefined;
  }
  const parsed = parseDocument('manifest.json', file.bytes);
  if (!parsed.ok) {
    checklist.record('manifest.json', parsed.problems);
    return undefined;
  }
  checklist.record('manifest.json', [...checkFolder(dir, parsed.value), ...checkManifest(parsed.value)]);
  return parsed.value;
}

/** Services find a package by its folder: a folder that says another name or version would serve the wrong model. */
function checkFolder(dir: string, { name, version }: Manifest): PackageProblem[] {
  const path = resolve(dir);
  if (basename(path) === version && basename(dirname(path)) === name) return [];
  const found = join(basename(dirname(path)), basename(path));
  const message = `manifest.json: is ${name} ${version}, but its folder is ${found}, not ${join(name, version)}`;
  return [{ code: 'package.folder', message }];
}

async function loadListedFiles(dir: string, manifest: Manifest, checklist: Checklist): Promise<Files> {
  const files = new Map<string, Buffer>();
  const problems: PackageProblem[] = [];
  for (const [name, hash] of Object.entries(manifest.files)) {
    const file = await readPackageFile(dir, name);
    if (file.ok) {
      files.set(name, file.bytes);
      problems.push(...checkHash(name, file.bytes, hash));
    } else problems.push(file.problem);
  }
  problems.push(...(await findUnlistedFiles(dir, Object.keys(manifest.files))));
  checklist.record('files', problems);
  return files;
}

function loadReference(files: Files, manifest: Manifest, checklist: Checklist): Reference | undefined {
  const bytes = files.get('reference.json');
  if (bytes === undefined) return undefined;
  const parsed = parseDocument('reference.json', bytes);
  checklist.record('reference.json', parsed.ok ? checkReference(manifest, parsed.value) : parsed.problems);
  return parsed.ok ? parsed.value : undefined;
}

function loadGolden(files: Files, manifest: Manifest, checklist: Checklist): Golden | undefined {
  const bytes = files.get('golden.json');
  if (bytes === undefined) return undefined;
  const parsed = parseDocument('golden.json', bytes);
  checklist.record('golden.json', parsed.ok ? checkGolden(manifest, parsed.value) : parsed.problems);
  return parsed.ok ? parsed.value : undefined;
}

function loadModel(files: Files, checklist: Checklist): Buffer | undefined {
  const bytes = files.get('model.onnx');
  if (bytes !== undefined) checklist.record('model.onnx', checkModelBytes(bytes));
  return bytes;
}

function checkModelBytes(bytes: Buffer): PackageProblem[] {
  try {
    return findExternalData(bytes).map((location) => {
      const message = `model.onnx: keeps tensors in another file (${location}): export it as one file`;
      return { code: 'file.external_data', message };
    });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ code: 'model.unreadable', message: `model.onnx: is not an ONNX model: ${error.message}` }];
  }
}

async function loadPolicy(modelDir: string, checklist: Checklist): Promise<CompletePolicy | undefined> {
  const file = await readPackageFile(modelDir, 'policy.json');
  if (!file.ok && file.problem.code !== 'file.missing') {
    checklist.record('policy.json', [file.problem]);
    return undefined;
  }
  const parsed = file.ok ? parseDocument('policy.json', file.bytes) : ({ ok: true, value: {} } as const);
  if (!parsed.ok) {
    checklist.record('policy.json', parsed.problems);
    return undefined;
  }
  const completed = completePolicy(parsed.value);
  const problems = completed.ok ? [] : completed.problems;
  checklist.record(
    'policy.json',
    problems.map((problem) => ({ code: 'policy.invalid', message: `policy.json: ${problem}` })),
  );
  return completed.ok ? completed.policy : undefined;
}
