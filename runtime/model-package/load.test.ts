import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { writeTinyPackage, type TinyPackage } from '../testing/tiny-package.ts';
import { findPackage } from './find.ts';
import { loadPackage } from './load.ts';
import { openModel } from './open.ts';

async function write(change?: (parts: TinyPackage) => void | Promise<void>): Promise<string> {
  const pkg = await writeTinyPackage(change);
  onTestFinished(() => pkg.remove());
  return pkg.dir;
}

test('a sound package scores leads: encoded, calibrated, banded', async () => {
  const dir = await write(({ manifest, golden }) => {
    manifest.output.calibration = { points: [[0, 0], [10, 1]] }; // prettier-ignore
    manifest.bands = [
      { name: 'low', lower: null },
      { name: 'high', lower: 0.5 },
    ];
    golden.rows = golden.rows.map((row) => ({ ...row, score: row.score / 10 }));
  });
  const model = await openModel(await loadPackage(dir));
  const matrix = new Float32Array(2 * model.encoder.width);
  const out = new Float64Array(2);
  expect(model.encoder.encode({ size: 2, color: 'green', active: true }, matrix, 0)).toBeUndefined();
  expect(model.encoder.encode({ size: null, color: 'green', active: true }, matrix, 1)).toBeUndefined();

  const { inferenceUs } = await model.score(matrix, 2, out);

  expect([...out]).toEqual([0.7, NaN]);
  expect(inferenceUs).toBeGreaterThan(0);
  expect([model.bandOf(0.7), model.bandOf(0.49), model.bandOf(-1)]).toEqual(['high', 'low', 'low']);
  expect(model.policy.alerts.fireAfter).toBe(2);
  await model.close();
});

test('batches longer than a chunk keep their order', async () => {
  const model = await openModel(await loadPackage(await write()));
  const rows = 1000;
  const out = new Float64Array(rows);
  await model.score(
    Float32Array.from({ length: rows * 3 }, (_, index) => (index % 3 === 0 ? index / 3 : 0)),
    rows,
    out,
  );
  expect([...out]).toEqual(Array.from({ length: rows }, (_, row) => row));
  await model.close();
});

test('close waits for what is being scored', async () => {
  const model = await openModel(await loadPackage(await write()));
  const out = new Float64Array(1000);
  const scored = model.score(new Float32Array(3000).fill(1), 1000, out);
  await model.close();
  await scored;
  expect(out[999]).toBe(6);
});

test('a policy of the model folder is read and completed', async () => {
  const dir = await write();
  await writeFile(join(dirname(dir), 'policy.json'), JSON.stringify({ alerts: { fire_after: 3 } }));
  const { policy } = await loadPackage(dir);
  expect([policy.alerts.fireAfter, policy.alerts.within]).toEqual([3, 3]);
});

test('each check is told as it is made', async () => {
  const checks: string[] = [];
  const pkg = await loadPackage(await write(), ({ check, problems }) =>
    checks.push(`${check}: ${problems.length}`),
  );
  const model = await openModel(pkg, ({ check, problems }) => checks.push(`${check}: ${problems.length}`));
  await model.close();
  expect(checks).toEqual([
    'manifest.json: 0',
    'files: 0',
    'reference.json: 0',
    'golden.json: 0',
    'model.onnx: 0',
    'policy.json: 0',
    'tensors: 0',
    'golden rows: 0',
  ]);
});

test('a package is found by name and version, never outside the models folder', () => {
  expect(findPackage('models', 'bank-leads@1.0.0')).toBe('models/bank-leads/1.0.0');
  expect(findPackage('models', 'bank-leads@1.0.0-rc.1')).toBe('models/bank-leads/1.0.0-rc.1');
  for (const text of ['bank-leads', 'bank-leads@1', '../x@1.0.0', 'a/b@1.0.0', 'a@1.0.0-../x'])
    expect(findPackage('models', text)).toBeUndefined();
});
