import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { openModel } from '@scoreline/runtime/model-package/open.ts';
import { expect, onTestFinished, test } from 'vitest';
import { writeGrownPackage } from './package.ts';
import { makeUpContents, makeUpFeatures } from './world.ts';

test('a grown package passes every check of a package, its golden rows by onnxruntime included', async () => {
  const features = makeUpFeatures(25);
  const written = await writeGrownPackage(features, 40, makeUpContents(features, 0, 1));
  onTestFinished(() => written.remove());
  const model = await openModel(await loadPackage(written.dir));
  onTestFinished(() => model.close());
  expect(model.manifest.tensor.width).toBe(25);
});
