import { describe, expect, test } from 'vitest';
import type { Golden } from '../contracts/golden.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { Reference } from '../contracts/reference.ts';
import { activeFeature, ageFeature, colorFeature } from '../features/testing/features.ts';
import { checkGolden } from './check-golden.ts';
import { checkManifest } from './check-manifest.ts';
import { checkReference } from './check-reference.ts';

function manifest(): Manifest {
  return {
    name: 'tiny',
    version: '1.0.0',
    task: 'classification',
    input: { entity_id: 'id' },
    features: [ageFeature, colorFeature('one-hot', 'level', 'level'), activeFeature].map((feature) => structuredClone(feature)),
    tensor: { input: 'input', width: 6 },
    output: { output: 'score', column: 0, calibration: { points: [[0, 0], [1, 0.5], [2, 0.5]] } },
    bands: [
      { name: 'low', lower: null },
      { name: 'high', lower: 0.5 },
    ],
    importance: { Age: 0.5, Color: 0.3, Active: 0.2 },
    files: {},
    training: { data_sha256: '', rows: 1, period: null, hyperparameters: {}, metrics: {}, code_version: '1' },
    created_at: '2024-01-01T00:00:00Z',
  }; // prettier-ignore
}

function reference(): Reference {
  const whole = { other: 0, missing: 1 };
  return {
    rows: 5,
    features: [
      {
        name: 'Age',
        bins: { type: 'edges', edges: [20, 30] },
        counts: [1, 2, 1],
        ...whole,
        test: 'ks',
        sample: [1, 2, 2],
      },
      {
        name: 'Color',
        bins: { type: 'levels', levels: ['red', 'green'] },
        counts: [3, 1],
        ...whole,
        test: 'chi2',
      },
      { name: 'Active', bins: { type: 'values', values: [0, 1] }, counts: [2, 2], ...whole, test: 'chi2' },
    ],
    score: {
      name: 'score',
      bins: { type: 'values', values: [0.5] },
      counts: [5],
      other: 0,
      missing: 0,
      test: 'chi2',
    },
    bands: { low: 2, high: 3 },
  };
}

function golden(): Golden {
  return {
    tolerance: 1e-5,
    rows: [
      { event: { age: null, color: 'red', active: true }, score: 0.5 },
      { event: {}, score: 0 },
    ],
  };
}

test('parts that fit each other have no problem', () => {
  expect([
    checkManifest(manifest()),
    checkReference(manifest(), reference()),
    checkGolden(manifest(), golden()),
  ]).toEqual([[], [], []]);
});

describe('a manifest', () => {
  const cases: [string, (parts: Manifest) => void][] = [
    ["tensor.width is 7, but the features' encodings add up to 6", (m) => (m.tensor.width = 7)],
    ['features: the name Age is used twice', (m) => (m.features[1]!.name = 'Age')],
    ["features, Age: field 'a..b' has an empty step in its path", (m) => (m.features[0]!.field = 'a..b')],
    [
      'features, Age: encoding pass does not fit kind categorical',
      (m) => (m.features[0]!.kind = 'categorical'),
    ],
    ['features, Color: encoding one-hot does not fit kind numeric', (m) => (m.features[1]!.kind = 'numeric')],
    [
      "features, Age: missing.encode must be 'nan' with encoding pass",
      (m) => (m.features[0]!.missing.encode = 'zero'),
    ],
    ["missing.encode 'zero' would be the first level", (m) => (ordinal(m).missing.encode = 'zero')],
    ["unseen 'zero' would be the first level", (m) => Object.assign(ordinal(m).encoding, { unseen: 'zero' })],
    [
      "features, Color: 'red' is both a level and a placeholder",
      (m) => (m.features[1]!.missing.placeholders = ['red']),
    ],
    ['output.calibration.points: raw values must rise strictly', (m) => (points(m)[1]![0] = 0)],
    ['output.calibration.points: scores must never fall', (m) => (points(m)[2]![1] = 0.4)],
    ["a classifier's scores must lie within 0 and 1", (m) => (points(m)[2]![1] = 1.1)],
    ['output.calibration.points: holds a number that is not finite', (m) => (points(m)[2]![0] = Infinity)],
    ['bands: the name low is used twice', (m) => (m.bands[1]!.name = 'low')],
    ['bands: the first band, low, must have lower: null', (m) => (m.bands[0]!.lower = 0)],
    ['bands: high needs a finite lower bound', (m) => (m.bands[1]!.lower = Infinity)],
    [
      'bands: top must have a higher lower bound than the band before',
      (m) => m.bands.push({ name: 'top', lower: 0.5 }),
    ],
    ['importance: Size is not a feature', (m) => (m.importance = { Age: 0.5, Size: 0.5 })],
    ['importance: the shares add up to 0.5, not to 1', (m) => (m.importance = { Age: 0.5 })],
    ['created_at: is not an ISO 8601 time', (m) => (m.created_at = 'today')],
  ];
  test.each(cases)('%s', (message, change) => {
    const changed = manifest();
    change(changed);
    expect(
      checkManifest(changed)
        .map((problem) => problem.message)
        .join('\n'),
    ).toContain(message);
  });

  test('tells every problem at once', () => {
    const changed = manifest();
    changed.tensor.width = 1;
    changed.bands = [{ name: 'all', lower: 0 }];
    changed.importance = {};
    expect(checkManifest(changed).map(({ code }) => code)).toEqual([
      'manifest.width',
      'manifest.invalid',
      'manifest.invalid',
    ]);
  });

  function ordinal(parts: Manifest) {
    parts.features[1] = colorFeature('ordinal', 'level', 'level');
    return parts.features[1];
  }
  function points(parts: Manifest) {
    return parts.output.calibration!.points;
  }
});

describe('a reference', () => {
  const cases: [string, (parts: Reference) => void][] = [
    ['features: Active is missing', (r) => r.features.pop()],
    ['features: Size is not in the manifest', (r) => (r.features[0]!.name = 'Size')],
    ["must stand in the manifest's order, once each; place 1 holds Active", (r) => r.features.reverse()],
    [
      "must stand in the manifest's order, once each; place 4 holds Age",
      (r) => r.features.push(r.features[0]!),
    ],
    ['features, Age: has 2 counts for 3 bins', (r) => (r.features[0]!.counts = [2, 2])],
    [
      'features, Color: counts, other and missing add up to 6, not to 5 rows',
      (r) => (r.features[1]!.counts = [4, 1]),
    ],
    [
      'features, Age: bins.edges must be strictly rising',
      (r) => (r.features[0]!.bins = { type: 'edges', edges: [3, 3] }),
    ],
    [
      'features, Color: bins.levels must be distinct',
      (r) => (r.features[1]!.bins = { type: 'levels', levels: ['a', 'a'] }),
    ],
    [
      'features, Active: bins of type levels do not fit a boolean feature',
      (r) => (r.features[2]!.bins = r.features[1]!.bins),
    ],
    ['features, Age: test chi2 does not fit bins of type edges', (r) => (r.features[0]!.test = 'chi2')],
    ['features, Age: test ks needs a sorted sample', (r) => (r.features[0]!.sample = [2, 1])],
    ['score: counts, other and missing add up to 4', (r) => (r.score.counts = [4])],
    ['bands: high is missing', (r) => (r.bands = { low: 5 })],
    ['bands: top is not in the manifest', (r) => (r.bands['top'] = 0)],
    ['bands: the counts add up to 6, not to 5 rows', (r) => (r.bands['high'] = 4)],
  ];
  test.each(cases)('%s', (message, change) => {
    const changed = reference();
    change(changed);
    expect(
      checkReference(manifest(), changed)
        .map((problem) => problem.message)
        .join('\n'),
    ).toContain(message);
  });
});

describe('golden rows', () => {
  const cases: [string, (parts: Golden) => void][] = [
    [
      'no row has the field color, which feature Color reads',
      (g) => Reflect.deleteProperty(g.rows[0]!.event, 'color'),
    ],
    ['row 1: score must be within 0 and 1', (g) => (g.rows[1]!.score = 1.5)],
  ];
  test.each(cases)('%s', (message, change) => {
    const changed = golden();
    change(changed);
    expect(checkGolden(manifest(), changed).map((problem) => problem.message)).toEqual([
      `golden.json: ${message}`,
    ]);
  });

  test('of a regressor may have any finite score, and nested fields', () => {
    const regressor = manifest();
    regressor.task = 'regression';
    regressor.features = [{ ...ageFeature, field: 'person.age' }];
    const rows = [{ event: { person: { age: 1 } }, score: -70 }];
    expect(checkGolden(regressor, { tolerance: 1e-5, rows })).toEqual([]);
    expect(
      checkGolden(regressor, { tolerance: 1e-5, rows: [{ event: { person: null }, score: Infinity }] }).map(
        ({ code }) => code,
      ),
    ).toEqual(['golden.missing_field', 'golden.invalid']);
  });
});
