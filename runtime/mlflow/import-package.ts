import { randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { ArtifactError } from '../artifacts/artifact-error.ts';
import type { BlobStore } from '../artifacts/blob-store.ts';
import { downloadFile } from '../artifacts/download-file.ts';
import { MAX_JSON_BYTES, TRANSFER_LIMITS } from '../artifacts/limits.ts';
import { readWhole } from '../artifacts/read-chunks.ts';
import { type ManifestFile, readManifest, sha256Of } from '../artifacts/read-manifest.ts';
import { loadPackage } from '../model-package/load.ts';
import { openModel } from '../model-package/open.ts';
import type { MlflowClient, MlflowVersion } from './client.ts';
import { parseMlflowUri } from './mlflow-uri.ts';

/** The folder of artifacts that holds a package, beside the model or in its run. */
export const PACKAGE_FOLDER = 'scoreline';
/** Set on a model version of MLflow: the `<name>@<version>` that it came in as. */
export const PACKAGE_TAG = 'scoreline.package';
/** MLflow's own name of an ONNX model's file. */
const MODEL_FILE = 'model.onnx';

export type ImportOutcome =
  | {
      readonly ok: true;
      readonly ref: string;
      readonly dir: string;
      /** The very package was there before. */
      readonly already: boolean;
      readonly from: MlflowVersion;
    }
  | {
      readonly ok: false;
      readonly code: 'uri' | 'unknown' | 'no_package' | 'other_bytes';
      readonly message: string;
    };

export interface ImportDeps {
  readonly client: MlflowClient;
  /** Opens a place that MLflow names. */
  readonly openRoot: (root: string) => BlobStore;
  /** Where packages lie: `<modelsDir>/<name>/<version>`. */
  readonly modelsDir: string;
}

/**
 * Brings a registered model of MLflow in as a package: manifest, reference and golden rows from the artifacts'
 * folder `scoreline`, the model from MLflow's own model.onnx where it has one. Every file is verified by the
 * manifest, and the package makes every check of a service before it appears in the models' folder.
 * Throws ArtifactError, MlflowError and PackageRefused.
 */
export async function importFromMlflow(
  deps: ImportDeps,
  uri: string,
  signal: AbortSignal,
): Promise<ImportOutcome> {
  const ref = parseMlflowUri(uri);
  if (ref === undefined)
    return { ok: false, code: 'uri', message: `'${uri}' is no MLflow model: it reads mlflow:/NAME/ALIAS` };
  const version = await deps.client.find(ref);
  if (version === undefined)
    return {
      ok: false,
      code: 'unknown',
      message: `MLflow knows no ${uri}: is it registered, and the alias set?`,
    };
  const sources = await listSources(deps, version);
  const found = await findManifest(sources, signal);
  if (found === undefined) return tellNoPackage(uri);
  const outcome = await bringIn(deps.modelsDir, found, sources, version, signal);
  if (outcome.ok) await deps.client.setTag(version, PACKAGE_TAG, outcome.ref);
  return outcome;
}

interface Sources {
  readonly model: BlobStore;
  readonly run: BlobStore | undefined;
}

interface FoundManifest {
  readonly file: ManifestFile;
  readonly blobs: BlobStore;
}

async function listSources({ client, openRoot }: ImportDeps, version: MlflowVersion): Promise<Sources> {
  const model = openRoot(await client.modelRoot(version));
  const run = version.runId === undefined ? undefined : openRoot(await client.runRoot(version.runId));
  return { model, run };
}

/** A package beside the model comes before one in the run. */
async function findManifest(
  { model, run }: Sources,
  signal: AbortSignal,
): Promise<FoundManifest | undefined> {
  const path = `${PACKAGE_FOLDER}/manifest.json`;
  const limits = { ...TRANSFER_LIMITS, maxFileBytes: MAX_JSON_BYTES };
  for (const blobs of run === undefined ? [model] : [model, run]) {
    const bytes = await readWhole({ blobs, path, limits }, signal);
    if (bytes !== undefined) return { file: readManifest(bytes, blobs.addressOf(path)), blobs };
  }
  return undefined;
}

function tellNoPackage(uri: string): ImportOutcome {
  const message =
    `${uri} has no ${PACKAGE_FOLDER}/manifest.json beside the model or in its run: log the package's folder there ` +
    `(mlflow.log_artifacts(folder, '${PACKAGE_FOLDER}')); how to make one for any ONNX model: docs/mlflow.md`;
  return { ok: false, code: 'no_package', message };
}

async function bringIn(
  modelsDir: string,
  { file, blobs }: FoundManifest,
  { model }: Sources,
  from: MlflowVersion,
  signal: AbortSignal,
): Promise<ImportOutcome> {
  const { name, version, files } = file.manifest;
  const [ref, dir] = [`${name}@${version}`, join(modelsDir, name, version)];
  const there = await readFile(join(dir, 'manifest.json')).catch(() => undefined);
  if (there !== undefined) {
    if (sha256Of(there) === file.sha256) return { ok: true, ref, dir, already: true, from };
    const message = `${dir} holds other bytes of ${ref}: a version never changes; give the package in MLflow a new one`;
    return { ok: false, code: 'other_bytes', message };
  }
  const building = join(modelsDir, `.import-${randomUUID()}`);
  const place = join(building, name, version);
  try {
    await mkdir(place, { recursive: true });
    for (const [each, sha256] of Object.entries(files)) {
      const target = join(place, each);
      const isModels = each === MODEL_FILE && (await fetchModel(model, target, sha256, signal));
      if (isModels) continue;
      const path = `${PACKAGE_FOLDER}/${each}`;
      await downloadFile({ blobs, path, sha256, limits: TRANSFER_LIMITS }, target, signal);
    }
    await writeFile(join(place, 'manifest.json'), file.bytes);
    await (await openModel(await loadPackage(place))).close();
    await mkdir(dirname(dir), { recursive: true });
    await rename(place, dir);
    return { ok: true, ref, dir, already: false, from };
  } finally {
    await rm(building, { recursive: true, force: true });
  }
}

/** False where MLflow keeps the model in another format: then the package brings its own model.onnx. */
async function fetchModel(
  blobs: BlobStore,
  target: string,
  sha256: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    await downloadFile({ blobs, path: MODEL_FILE, sha256, limits: TRANSFER_LIMITS }, target, signal);
    return true;
  } catch (error) {
    if (error instanceof ArtifactError && error.code === 'missing') return false;
    throw error;
  }
}
