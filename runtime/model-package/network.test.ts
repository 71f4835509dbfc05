import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { loadPackage } from './load.ts';
import { openModel } from './open.ts';

const dir = fileURLToPath(new URL('../../test/fixtures/packages/bank-leads-network/1.0.0', import.meta.url));

test('a neural network of another framework is loaded, checked and scored as trees are', async () => {
  const pkg = await loadPackage(dir);
  expect(pkg.manifest.training.code_version).toMatch(/scikit-learn .* skl2onnx/);
  const model = await openModel(pkg);
  const { rows } = pkg.golden;
  const matrix = new Float32Array(rows.length * model.encoder.width);
  const scores = new Float64Array(rows.length);
  for (const [row, { event }] of rows.entries())
    expect(model.encoder.encode(event, matrix, row)).toBeUndefined();
  // Missing numbers reach the network as NaN; its own first layer fills them.
  expect(matrix.some(Number.isNaN)).toBe(true);
  await model.score(matrix, rows.length, scores);
  const worst = Math.max(...rows.map(({ score }, row) => Math.abs(score - (scores[row] ?? NaN))));
  expect(worst).toBeLessThan(1e-5);
  expect(new Set(scores).size).toBeGreaterThan(rows.length / 2);
  await model.close();
});
