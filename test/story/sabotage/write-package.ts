import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Golden } from '@scoreline/core/contracts/golden.ts';
import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import { createEncoder } from '@scoreline/core/features/encoder.ts';
import { createCalibrator } from '@scoreline/core/scoring/calibrate.ts';
import { openOnnxModel } from '@scoreline/runtime/onnx/model.ts';
import { extendOnnx, type OnnxAddition } from './extend-onnx.ts';

export interface SabotagedPackage {
  /** The honest package that it is made of. */
  readonly base: string;
  /** Gets `<name>/<version>` below it. */
  readonly modelsDir: string;
  readonly version: string;
  readonly addition: OnnxAddition;
  /** `own`: golden rows are scored by the sabotaged model itself, as a trainer with the same fault would have done. */
  readonly golden: 'own' | 'of-the-base';
}

/** A model opened twice on the few rows is enough; more would only take a slow one longer. */
const GOLDEN_ROWS = 20;

/** Writes a package whose files agree with each other, whatever its model does; its folder. */
export async function writeSabotagedPackage(request: SabotagedPackage): Promise<string> {
  const { base, modelsDir, version, addition } = request;
  const manifest = JSON.parse(await readFile(join(base, 'manifest.json'), 'utf8')) as Manifest;
  const golden = JSON.parse(await readFile(join(base, 'golden.json'), 'utf8')) as Golden;
  const model = extendOnnx(await readFile(join(base, 'model.onnx')), addition);
  const changed = { ...manifest, version, output: { ...manifest.output, output: addition.output } };
  const files: Record<string, Buffer> = {
    'model.onnx': model,
    'reference.json': await readFile(join(base, 'reference.json')),
    'golden.json': toJson(request.golden === 'own' ? await scoreGolden(model, changed, golden) : golden),
  };
  const hashes = Object.entries(files).map(([name, content]) => [name, sha256(content)]);
  files['manifest.json'] = toJson({ ...changed, files: Object.fromEntries(hashes) as Manifest['files'] });
  const dir = join(modelsDir, manifest.name, version);
  await mkdir(dir, { recursive: true });
  for (const [name, content] of Object.entries(files)) await writeFile(join(dir, name), content);
  return dir;
}

/** Golden rows with the model's own scores; rows for which it has none are left out. */
async function scoreGolden(model: Uint8Array, manifest: Manifest, golden: Golden): Promise<Golden> {
  const encoder = createEncoder(manifest);
  const rows = golden.rows.slice(0, GOLDEN_ROWS);
  const matrix = new Float32Array(rows.length * encoder.width);
  const scores = new Float64Array(rows.length);
  for (const [row, { event }] of rows.entries()) encoder.encode(event, matrix, row);
  const { tensor, output } = manifest;
  const opened = await openOnnxModel(model, {
    inputName: tensor.input,
    width: tensor.width,
    outputName: output.output,
    column: output.column,
  });
  if (!opened.ok) throw new Error(opened.problems.map(({ message }) => message).join('; '));
  await opened.model.predict(matrix, rows.length, scores);
  await opened.model.close();
  const calibrate = createCalibrator(output.calibration);
  const scored = rows.map(({ event }, row) => ({ event, score: calibrate(scores[row] ?? NaN) }));
  return { ...golden, rows: scored.filter(({ score }) => Number.isFinite(score)) };
}

function toJson(value: object): Buffer {
  return Buffer.from(`${JSON.stringify(value, null, 2)}\n`);
}

function sha256(content: Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}
