import { expect, test } from 'vitest';
import type { MlflowVersion } from './client.ts';
import { PACKAGE_TAG } from './import-package.ts';
import { planAliases } from './sync-aliases.ts';

function version(number: string, ref?: string): MlflowVersion {
  const tags = new Map(ref === undefined ? [] : [[PACKAGE_TAG, ref]]);
  return { name: 'leads', version: number, runId: undefined, tags };
}

const versions = [
  version('1', 'leads@1.0.0'),
  version('2'),
  version('9', 'leads@1.1.0'),
  version('10', 'leads@1.1.0'),
];

function plan(wanted: Record<string, string>, present: Record<string, string>) {
  const changes = planAliases(new Map(Object.entries(wanted)), new Map(Object.entries(present)), versions);
  return changes.map(({ alias, version }) => [alias, version]);
}

test('an alias moves to the version that its package came from, the latest where there are several', () => {
  expect(plan({ champion: 'leads@1.0.0', challenger: 'leads@1.1.0' }, { champion: '2' })).toEqual([
    ['champion', '1'],
    ['challenger', '10'],
  ]);
});

test('an alias that is right is left alone, and so are all others', () => {
  expect(plan({ champion: 'leads@1.1.0', own: 'leads@1.0.0' }, { champion: '10', other: '2' })).toEqual([]);
});

test('an alias that the registry has not, or whose package is from elsewhere, goes', () => {
  expect(plan({ champion: 'trees@1.0.0' }, { champion: '1', challenger: '9' })).toEqual([
    ['champion', undefined],
    ['challenger', undefined],
  ]);
});
