import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Golden } from '@scoreline/core/contracts/golden.ts';
import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import type { Reference } from '@scoreline/core/contracts/reference.ts';

/** What a tiny package is written from; a test changes a part to break it. */
export interface TinyPackage {
  manifest: Manifest;
  reference: Reference;
  golden: Golden;
  model: Uint8Array;
  /** Further files by name; a name is listed in the manifest only where `manifest.files` has it. */
  readonly extraFiles: Record<string, string>;
  /** `<name>/<version>` of its folder. */
  folder: string;
}

/** A package in a temporary folder; `remove()` when done. */
export interface WrittenPackage {
  readonly dir: string;
  /** The folder that holds `<name>/<version>`. */
  readonly modelsDir: string;
  remove(): Promise<void>;
}

/**
 * Writes a sound package of three features (`size` numeric, `color` ordinal, `active` boolean) whose model is
 * size + 2 color + 3 active (test/fixtures/onnx/linear.onnx), after `change` had its way with it. Hashes are made
 * last, unless `change` gives its own.
 */
export async function writeTinyPackage(
  change: (parts: TinyPackage) => void | Promise<void> = () => {},
): Promise<WrittenPackage> {
  const parts = await describeTinyPackage();
  await change(parts);
  const modelsDir = await mkdtemp(join(tmpdir(), 'scoreline-package-'));
  const dir = join(modelsDir, parts.folder);
  await mkdir(dir, { recursive: true });
  const files: Record<string, string | Uint8Array> = {
    'model.onnx': parts.model,
    'reference.json': JSON.stringify(parts.reference),
    'golden.json': JSON.stringify(parts.golden),
    ...parts.extraFiles,
  };
  for (const [name, content] of Object.entries(files)) {
    await mkdir(dirname(join(dir, name)), { recursive: true });
    await writeFile(join(dir, name), content);
    if (parts.manifest.files[name] === '') parts.manifest.files[name] = sha256(content);
  }
  await writeFile(join(dir, 'manifest.json'), JSON.stringify(parts.manifest));
  return { dir, modelsDir, remove: () => rm(modelsDir, { recursive: true, force: true }) };
}

/** The bytes of one of the models in test/fixtures/onnx. */
export function readOnnxFixture(name: string): Promise<Buffer> {
  return readFile(new URL(`../../test/fixtures/onnx/${name}`, import.meta.url));
}

async function describeTinyPackage(): Promise<TinyPackage> {
  return {
    manifest: tinyManifest(),
    reference: tinyReference(),
    golden: {
      tolerance: 0.00001,
      rows: [
        { event: { size: 1.5, color: 'red', active: false }, score: 1.5 },
        { event: { size: 2, color: 'green', active: true }, score: 7 },
        { event: { size: -4, color: 'blue', active: false }, score: 0 },
      ],
    },
    model: await readOnnxFixture('linear.onnx'),
    extraFiles: {},
    folder: 'tiny/1.0.0',
  };
}

function tinyManifest(): Manifest {
  const missing = { encode: 'nan' } as const;
  return {
    name: 'tiny',
    version: '1.0.0',
    task: 'regression',
    input: { entity_id: 'lead_id', event_id: 'event_id', event_time: 'created_at' },
    features: [
      { name: 'size', field: 'size', kind: 'numeric', encoding: { type: 'pass' }, missing },
      {
        name: 'color',
        field: 'color',
        kind: 'categorical',
        encoding: { type: 'ordinal', levels: ['red', 'green', 'blue'], unseen: 'reject' },
        missing: { encode: 'level', placeholders: ['unknown'] },
      },
      { name: 'active', field: 'active', kind: 'boolean', encoding: { type: 'pass' }, missing },
    ],
    tensor: { input: 'input', width: 3 },
    output: { output: 'score', column: 0, calibration: null },
    bands: [
      { name: 'low', lower: null },
      { name: 'high', lower: 5 },
    ],
    importance: { size: 0.5, color: 0.3, active: 0.2 },
    files: { 'model.onnx': '', 'reference.json': '', 'golden.json': '' },
    training: {
      data_sha256: '0'.repeat(64),
      rows: 4,
      period: null,
      hyperparameters: {},
      metrics: { rmse: 0 },
      code_version: '1',
    },
    created_at: '2024-01-01T00:00:00Z',
  };
}

function tinyReference(): Reference {
  const whole = { other: 0, missing: 0 };
  return {
    rows: 4,
    features: [
      {
        name: 'size',
        bins: { type: 'edges', edges: [0, 2] },
        counts: [1, 2, 1],
        ...whole,
        test: 'ks',
        sample: [-4, 1.5, 2, 3],
      },
      {
        name: 'color',
        bins: { type: 'levels', levels: ['red', 'green', 'blue'] },
        counts: [2, 1, 1],
        ...whole,
        test: 'chi2',
      },
      { name: 'active', bins: { type: 'values', values: [0, 1] }, counts: [3, 1], ...whole, test: 'chi2' },
    ],
    score: {
      name: 'score',
      bins: { type: 'edges', edges: [1, 5] },
      counts: [1, 2, 1],
      ...whole,
      test: 'ks',
      sample: [0, 1.5, 3, 7],
    },
    bands: { low: 3, high: 1 },
  };
}

function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
