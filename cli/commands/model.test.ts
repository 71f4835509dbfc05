import { onTestFinished, expect, test } from 'vitest';
import { writeTinyPackage, type TinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import { showModel } from './model-show.ts';
import { validateModel } from './model-validate.ts';

async function write(change?: (parts: TinyPackage) => void): Promise<string> {
  const pkg = await writeTinyPackage(change);
  onTestFinished(() => pkg.remove());
  return pkg.dir;
}

test('a good package passes each check', async () => {
  const dir = await write();
  expect(await validateModel(dir, false)).toEqual({
    ok: true,
    lines: [
      '✓ manifest.json',
      '✓ files',
      '✓ reference.json',
      '✓ golden.json',
      '✓ model.onnx',
      '✓ policy.json',
      '✓ tensors',
      '✓ golden rows',
      `${dir}: the package is good`,
    ],
  });
});

test('a refused package is told by check, problem and code', async () => {
  const dir = await write(({ golden }) => {
    golden.rows[0]!.score = 9;
  });
  const { ok, lines } = await validateModel(dir, false);
  expect(ok).toBe(false);
  expect(lines.slice(-3)).toEqual([
    '✗ golden rows',
    '    golden.json: row 0: expected 9, got 1.5, tolerance 0.00001 (1 of 3 rows are off) [golden.off]',
    `${dir}: the package is refused`,
  ]);
});

test('the JSON form holds the same', async () => {
  const { lines } = await validateModel('/nowhere/tiny/1.0.0', true);
  expect(JSON.parse(lines.join('\n'))).toMatchObject({
    ok: false,
    checks: [{ check: 'manifest.json', problems: [{ code: 'package.missing' }] }],
  });
});

test('show tells what the package holds', async () => {
  const { ok, lines } = await showModel(await write());
  expect(ok).toBe(true);
  expect(lines).toContain('bands: low, high from 5');
  expect(lines.at(-1)).toBe('  active  20.0 %  boolean, field active');
  expect((await showModel('/nowhere/tiny/1.0.0')).ok).toBe(false);
});

test.each(['models/bank-leads/1.0.0', 'test/fixtures/packages/search-relevance/1.0.0'])(
  '%s is good',
  async (path) => {
    const dir = new URL(`../../${path}`, import.meta.url).pathname;
    expect((await validateModel(dir, false)).lines.filter((line) => !line.startsWith('✓'))).toEqual([
      `${dir}: the package is good`,
    ]);
  },
);
