import { findExternalData } from '@scoreline/runtime/onnx/find-external-data.ts';
import { readOnnxFixture } from '@scoreline/runtime/testing/tiny-package.ts';
import type { FuzzTarget } from '../target.ts';

/** A model's bytes, as they are looked through before onnxruntime gets them. */
export const onnxTarget: FuzzTarget = {
  name: 'onnx',
  reads: 'model.onnx: the search for tensors in other files',
  form: 'bytes',
  words: ['location', '/etc/passwd', '../model.onnx'],
  async open() {
    const fixtures = ['external-data', 'int-output', 'linear', 'nan-output'];
    return {
      seeds: await Promise.all(fixtures.map((name) => readOnnxFixture(`${name}.onnx`))),
      take(input) {
        try {
          findExternalData(input);
        } catch (error) {
          if (!(error instanceof RangeError) || error.message.includes('call stack')) throw error;
        }
        return undefined;
      },
      close: async () => {},
    };
  },
};
