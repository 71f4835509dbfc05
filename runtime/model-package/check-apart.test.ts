import { expect, onTestFinished, test } from 'vitest';
import { buildDeepTree } from '../testing/deep-tree.ts';
import { type TinyPackage, writeTinyPackage } from '../testing/tiny-package.ts';
import { checkPackageApart } from './check-apart.ts';

async function check(change: (parts: TinyPackage) => void = () => {}, timeoutMs?: number) {
  const pkg = await writeTinyPackage(change);
  onTestFinished(() => pkg.remove());
  return checkPackageApart(pkg.dir, timeoutMs);
}

function codesOf(checks: Awaited<ReturnType<typeof check>>): string[] {
  return checks.flatMap(({ problems }) => problems.map(({ code }) => code));
}

test('a sound package passes every check', async () => {
  const checks = await check();
  expect(codesOf(checks)).toEqual([]);
  expect(checks.map(({ check }) => check)).toContain('golden rows');
});

test('what a service would refuse is told in the same words', async () => {
  const refused = await check(({ golden }) => {
    golden.rows[0]!.score = 9;
  });
  expect(codesOf(refused)).toEqual(['golden.off']);
});

test('a model at which onnxruntime dies is a problem of the package, and this process lives on', async () => {
  const crashed = await check((parts) => {
    parts.model = buildDeepTree(50_000);
  });
  expect(codesOf(crashed)).toEqual(['model.crashes']);
  expect(crashed.at(-1)?.problems[0]?.message).toContain('SIGSEGV');
  // The check before the one that killed it was told.
  expect(crashed.map(({ check }) => check)).toContain('model.onnx');
});

test('one that does not come to an end is one too', async () => {
  expect(codesOf(await check(() => {}, 1))).toEqual(['model.hangs']);
});

test('a shallow tree of the same make is opened: it is the depth that kills', async () => {
  const checks = await check((parts) => {
    parts.model = buildDeepTree(10);
  });
  expect(codesOf(checks)).toEqual(['golden.off']);
});
