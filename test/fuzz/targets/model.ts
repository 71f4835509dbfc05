import { checkPackageApart } from '@scoreline/runtime/model-package/check-apart.ts';
import { readOnnxFixture, writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import type { FuzzTarget } from '../target.ts';

/** Of a model that hangs; a good one takes one. */
const TRIAL_MS = 20_000;

/** A model's bytes before onnxruntime, which is native code: on trial in a process of its own. */
export const modelTarget: FuzzTarget = {
  name: 'model',
  reads: 'model.onnx in a package whose hashes are right: onnxruntime, in a process of its own',
  form: 'bytes',
  words: ['Add', 'MatMul', 'input', 'score'],
  async open() {
    return {
      seeds: [await readOnnxFixture('linear.onnx')],
      async take(model) {
        const pkg = await writeTinyPackage((parts) => void (parts.model = model));
        try {
          const checks = await checkPackageApart(pkg.dir, TRIAL_MS);
          const problems = checks.flatMap((check) => check.problems);
          if (checks.length === 0) return 'nothing was checked';
          return problems.every(({ message }) => message !== '') ? undefined : 'a problem has no message';
        } finally {
          await pkg.remove();
        }
      },
      close: async () => {},
    };
  },
};
