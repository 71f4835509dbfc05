import { writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { readOnnxFixture, writeTinyPackage, type TinyPackage } from '../testing/tiny-package.ts';
import { loadPackage } from './load.ts';
import { openModel } from './open.ts';
import { parseDocument } from './package-schemas.ts';
import { PackageRefused } from './refused.ts';

async function write(change?: (parts: TinyPackage) => void | Promise<void>): Promise<string> {
  const pkg = await writeTinyPackage(change);
  onTestFinished(() => pkg.remove());
  return pkg.dir;
}

/** Loads and opens a package that must be refused; gives what it is refused for. */
async function refusalOf(dir: string): Promise<PackageRefused> {
  try {
    const model = await openModel(await loadPackage(dir));
    await model.close();
  } catch (error) {
    if (error instanceof PackageRefused) return error;
    throw error;
  }
  throw new Error('the package was accepted');
}

interface Broken {
  readonly what: string;
  readonly change: (parts: TinyPackage) => void | Promise<void>;
  readonly code: string;
  readonly message: RegExp;
}

/** Sets a part to what its type forbids, as a file may. */
function set(target: object, key: string, value: unknown): void {
  Object.assign(target, { [key]: value });
}

const WRONG_HASH = 'f'.repeat(64);

const FILES: Broken[] = [
  {
    what: 'a wrong hash',
    change: ({ manifest }) => set(manifest.files, 'golden.json', WRONG_HASH),
    code: 'file.hash',
    message: /golden\.json: sha256 is [0-9a-f]{64}, but the manifest \(files\) says ffff/,
  },
  {
    what: 'an absent file',
    change: ({ manifest }) => set(manifest.files, 'explain.json', WRONG_HASH),
    code: 'file.missing',
    message: /explain\.json is not in the package/,
  },
  {
    what: 'a file that is not listed',
    change: ({ extraFiles }) => set(extraFiles, 'notes.txt', 'x'),
    code: 'file.unlisted',
    message: /notes\.txt is in the folder, but not in the manifest's files/,
  },
  {
    what: 'a name that leaves the folder',
    change: ({ manifest }) => set(manifest.files, '../tiny.txt', WRONG_HASH),
    code: 'file.name',
    message: /'\.\.\/tiny\.txt' is not the name of a file in the package/,
  },
  {
    what: 'a folder in place of a file',
    change: ({ manifest, extraFiles }) => {
      set(extraFiles, 'explain.json/deep.txt', 'x');
      set(manifest.files, 'explain.json', WRONG_HASH);
    },
    code: 'file.unreadable',
    message: /explain\.json is not a regular file/,
  },
  {
    what: 'a name that no folder takes',
    change: ({ manifest }) => set(manifest.files, 'a'.repeat(300), WRONG_HASH),
    code: 'file.unreadable',
    message: /aaa can not be read \(ENAMETOOLONG\)/,
  },
  {
    what: 'tensors in another file',
    change: async (parts) => {
      parts.model = await readOnnxFixture('external-data.onnx');
      parts.extraFiles['external-data.weights'] = 'x';
      parts.manifest.files['external-data.weights'] = '';
    },
    code: 'file.external_data',
    message: /keeps tensors in another file \(external-data\.weights\): export it as one file/,
  },
  {
    what: 'a folder of another version',
    change: (parts) => set(parts, 'folder', 'tiny/1.0.1'),
    code: 'package.folder',
    message: /is tiny 1\.0\.0, but its folder is tiny\/1\.0\.1, not tiny\/1\.0\.0/,
  },
];

const MANIFEST: Broken[] = [
  {
    what: 'a missing manifest field',
    change: ({ manifest }) => Reflect.deleteProperty(manifest, 'bands'),
    code: 'schema.invalid',
    message: /manifest\.json: the document lacks the field 'bands'/,
  },
  {
    what: 'more files than a package has, each of which would be fetched',
    change: ({ manifest }) => {
      for (let file = 0; file < 100; file += 1) set(manifest.files, `part-${file}`, WRONG_HASH);
    },
    code: 'schema.invalid',
    message: /files must NOT have more than 64 properties/,
  },
  {
    what: 'an unknown manifest field',
    change: ({ manifest }) => set(manifest, 'bandz', []),
    code: 'schema.invalid',
    message: /the document has an unknown field 'bandz'/,
  },
  {
    what: 'an encoding of the wrong form',
    change: ({ manifest }) => set(manifest.features[1]!, 'encoding', { type: 'one-hot', unseen: 'zero' }),
    code: 'schema.invalid',
    message: /features\.1\.encoding lacks the field 'levels'$/,
  },
  {
    what: 'an encoding of no known type',
    change: ({ manifest }) => set(manifest.features[1]!, 'encoding', { type: 'hash' }),
    code: 'schema.invalid',
    message: /features\.1\.encoding must match exactly one schema in oneOf/,
  },
  {
    what: 'a width that the encodings do not add up to',
    change: ({ manifest }) => set(manifest.tensor, 'width', 4),
    code: 'manifest.width',
    message: /tensor\.width is 4, but the features' encodings add up to 3/,
  },
  {
    what: 'parts that do not fit each other',
    change: ({ manifest }) => set(manifest.bands[1]!, 'lower', null),
    code: 'manifest.invalid',
    message: /manifest\.json: bands: high needs a finite lower bound/,
  },
];

const REFERENCE_AND_GOLDEN: Broken[] = [
  {
    what: 'a reference without a feature',
    change: ({ reference }) => reference.features.pop(),
    code: 'reference.invalid',
    message: /reference\.json: features: active is missing/,
  },
  {
    what: 'golden rows without a field that a feature reads',
    change: ({ golden }) => golden.rows.forEach(({ event }) => Reflect.deleteProperty(event, 'color')),
    code: 'golden.missing_field',
    message: /golden\.json: no row has the field color, which feature color reads/,
  },
  {
    what: 'golden rows that the encoder refuses',
    change: ({ golden }) => set(golden.rows[1]!.event, 'color', 'mauve'),
    code: 'golden.refused',
    message: /golden\.json: row 1: feature color: field color holds a level that training never saw/,
  },
  {
    what: 'golden rows that are off',
    change: ({ golden }) => set(golden.rows[1]!, 'score', 7.1),
    code: 'golden.off',
    message: /row 1: expected 7\.1, got 7, tolerance 0\.00001 \(1 of 3 rows are off\)/,
  },
  {
    what: 'a model that gives NaN',
    change: async (parts) => {
      parts.model = await readOnnxFixture('nan-output.onnx');
      parts.golden.rows = [{ event: { size: -9, color: 'red', active: false }, score: 3 }];
    },
    code: 'golden.not_finite',
    message: /row 0: the model gave NaN, expected 3 \(1 of 1 rows\)/,
  },
];

const MODEL: Broken[] = [
  {
    what: 'bytes that are no protobuf',
    change: (parts) => set(parts, 'model', Buffer.from('no model at all')),
    code: 'model.unreadable',
    message: /model\.onnx: is not an ONNX model/,
  },
  {
    what: 'a protobuf that is no model',
    change: (parts) => set(parts, 'model', Buffer.from([8, 1])),
    code: 'model.unreadable',
    message: /model\.onnx: onnxruntime cannot read it/,
  },
  {
    what: 'another input name',
    change: ({ manifest }) => set(manifest.tensor, 'input', 'X'),
    code: 'model.input',
    message: /must have one input, X \(tensor\.input\), but has input/,
  },
  {
    what: 'another input width',
    change: ({ manifest, reference, golden }) => {
      manifest.tensor.width = 2;
      manifest.features.pop();
      reference.features.pop();
      manifest.importance = { size: 1 };
      golden.rows = golden.rows.slice(0, 1);
    },
    code: 'model.input',
    message:
      /input input must have shape \[rows, 2\] \(tensor\.width\) with any number of rows, but has \[rows, 3\]/,
  },
  {
    what: 'another output name',
    change: ({ manifest }) => set(manifest.output, 'output', 'probabilities'),
    code: 'model.output',
    message: /has no output probabilities \(output\.output\), but score/,
  },
  {
    what: 'a column that the output lacks',
    change: ({ manifest }) => set(manifest.output, 'column', 1),
    code: 'model.output',
    message: /with a column 1 \(output\.column\), but has \[rows, 1\]/,
  },
  {
    what: 'an output that is not float32',
    change: async (parts) => set(parts, 'model', await readOnnxFixture('int-output.onnx')),
    code: 'model.output_type',
    message: /output score must be a float32 tensor, but is int64/,
  },
];

describe('a package is refused for', () => {
  test.each([...FILES, ...MANIFEST, ...REFERENCE_AND_GOLDEN, ...MODEL])(
    '$what',
    async ({ change, code, message }) => {
      const refusal = await refusalOf(await write(change));
      expect(refusal.code).toBe(code);
      expect(refusal.problems).toHaveLength(1);
      expect(refusal.problems[0]?.message).toMatch(message);
      expect(refusal.message).toContain(refusal.problems[0]?.message);
    },
  );

  test('a manifest that is no JSON', async () => {
    const dir = await write();
    await writeFile(join(dir, 'manifest.json'), '{');
    const refusal = await refusalOf(dir);
    expect([refusal.code, refusal.message]).toEqual([
      'json.invalid',
      expect.stringContaining('manifest.json: is not JSON'),
    ]);
  });

  test('golden rows that are no JSON, without a word of the leads in them', () => {
    const parsed = parseDocument('golden.json', Buffer.from('{"rows":[{"event":{"name":jane.roe}}]}'));
    expect(parsed).toMatchObject({ problems: [{ code: 'json.invalid' }] });
    expect(JSON.stringify(parsed)).not.toContain('jane');
  });

  test('a document with a hundred thousand mistakes, in no time', () => {
    const numbers = JSON.stringify({ windows: { sizes: Array.from({ length: 100_000 }, () => 5) } });
    const before = process.threadCpuUsage();
    const parsed = parseDocument('policy.json', Buffer.from(numbers));
    expect(process.threadCpuUsage(before).user / 1_000).toBeLessThan(1_000);
    expect(parsed).toMatchObject({ ok: false });
    expect(JSON.stringify(parsed)).toContain('and at least 490 more');
  });

  test('a folder that is not there', async () => {
    expect((await refusalOf('/nowhere/tiny/1.0.0')).code).toBe('package.missing');
  });

  test('a policy that is not one', async () => {
    const dir = await write();
    await writeFile(join(dirname(dir), 'policy.json'), JSON.stringify({ alerts: { fire_after: 0 } }));
    expect((await refusalOf(dir)).message).toContain('policy.json: alerts.fire_after must be >= 1');
    await writeFile(
      join(dirname(dir), 'policy.json'),
      JSON.stringify({ alerts: { fire_after: 4, within: 3 } }),
    );
    expect((await refusalOf(dir)).code).toBe('policy.invalid');
  });
});

test('every problem is told at once', async () => {
  const dir = await write(({ manifest, reference, golden }) => {
    manifest.tensor.width = 4;
    reference.rows = 5;
    golden.rows = [];
  });
  const { problems } = await refusalOf(dir);
  const codes = new Set(problems.map(({ code }) => code));
  expect(codes).toEqual(new Set(['manifest.width', 'reference.invalid', 'schema.invalid']));
});
