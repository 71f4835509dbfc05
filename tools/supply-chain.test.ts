import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { type LockedPackage, readLockfile } from './lockfile.ts';

/** What may come from others, and how: docs/security.md. Needs no network. */
const ROOT = join(import.meta.dirname, '..');
const packages = await readLockfile();
const label = ({ name, version }: LockedPackage): string => `${name}@${version}`;

/** They have an install script and work without it, as none is run: docs/decisions/0002-no-install-scripts.md. */
const WITH_SCRIPTS = ['@swc/core', 'chdb', 'cpu-features', 'onnxruntime-node', 'protobufjs', 'ssh2'];

/** Licences under which a package may be used and passed on unchanged with an Apache-2.0 project. */
const LICENCES = [
  'MIT',
  'Apache-2.0',
  'Apache-2.0 AND MIT',
  'BSD-2-Clause',
  'BSD-3-Clause',
  'ISC',
  '0BSD',
  'BlueOak-1.0.0',
  'Unlicense',
  '(MIT OR CC0-1.0)',
  // Of tools that are used as they are.
  'MPL-2.0',
  'Python-2.0',
  'PSF-2.0',
];

/** They name none in their manifest; their LICENSE file is MIT's. */
const MIT_BY_FILE = ['buildcheck', 'cpu-features', 'ssh2'];

test('the lockfile is read whole', () => {
  const names = packages.map(({ name }) => name);
  expect(names).toEqual(expect.arrayContaining(['fastify', 'kafkajs', '@clickhouse/client', 'typescript']));
  expect(packages.length).toBeGreaterThan(100);
});

test('no install script runs, and a package that would like to is known', () => {
  expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toMatch(/^ignore-scripts=true$/m);
  const wanting = packages.filter(({ hasInstallScript }) => hasInstallScript).map(({ name }) => name);
  expect([...new Set(wanting)].sort()).toEqual(WITH_SCRIPTS);
});

test("every package comes from npm's registry and is what its hash says", () => {
  expect(packages.filter(({ integrity }) => integrity?.startsWith('sha512-') !== true).map(label)).toEqual(
    [],
  );
  const elsewhere = packages.filter(
    ({ resolved }) => resolved !== undefined && !resolved.startsWith('https://registry.npmjs.org/'),
  );
  expect(elsewhere.map(label)).toEqual([]);
});

test('every manifest names exact versions', () => {
  const manifests = globSync('{package.json,*/package.json,services/*/package.json}', { cwd: ROOT });
  expect(manifests.length).toBeGreaterThan(5);
  for (const manifest of manifests) {
    const { dependencies, devDependencies, optionalDependencies } = JSON.parse(
      readFileSync(join(ROOT, manifest), 'utf8'),
    ) as Record<string, Record<string, string> | undefined>;
    const wanted = Object.entries({ ...dependencies, ...devDependencies, ...optionalDependencies });
    const loose = wanted.filter(([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version));
    expect(loose.map(([name, version]) => `${manifest}: ${name}@${version}`)).toEqual([]);
  }
});

test('every package has a licence that goes with ours', () => {
  const others = packages.filter(({ name, license }) =>
    license === undefined ? !MIT_BY_FILE.includes(name) : !LICENCES.includes(license),
  );
  expect(others.map((each) => `${label(each)}: ${each.license ?? 'none'}`)).toEqual([]);
});
