import type { Band, Calibration, Feature, Manifest } from '../contracts/manifest.ts';
import { widthOfFeature } from '../features/feature-width.ts';
import type { PackageProblem } from './problem.ts';

/** How far the importances' sum may be from 1: they are written with few decimals. */
const IMPORTANCE_TOLERANCE = 0.001;

/**
 * What a manifest must hold beyond its JSON Schema: its parts fit each other. Gives every problem at once;
 * none means that the features, the calibration and the bands can be compiled.
 */
export function checkManifest(manifest: Manifest): PackageProblem[] {
  const { calibration } = manifest.output;
  return [
    ...checkWidth(manifest),
    ...[
      ...findRepeated(manifest.features.map(({ name }) => name)).map(
        (name) => `features: the name ${name} is used twice`,
      ),
      ...manifest.features.flatMap(checkFeature),
      ...(calibration === null ? [] : checkCalibration(calibration, manifest.task)),
      ...checkBands(manifest.bands),
      ...checkImportance(manifest),
      ...(Number.isNaN(Date.parse(manifest.created_at)) ? ['created_at: is not an ISO 8601 time'] : []),
    ].map((what): PackageProblem => ({ code: 'manifest.invalid', message: `manifest.json: ${what}` })),
  ];
}

function checkWidth({ features, tensor }: Manifest): PackageProblem[] {
  const width = features.reduce((sum, feature) => sum + widthOfFeature(feature), 0);
  if (width === tensor.width) return [];
  const message = `manifest.json: tensor.width is ${tensor.width}, but the features' encodings add up to ${width}`;
  return [{ code: 'manifest.width', message }];
}

function checkFeature(feature: Feature): string[] {
  const { encoding, field, kind, missing, name } = feature;
  const problems: string[] = [];
  const isPass = encoding.type === 'pass';
  if (field.split('.').includes('')) problems.push(`field '${field}' has an empty step in its path`);
  if (isPass === (kind === 'categorical'))
    problems.push(`encoding ${encoding.type} does not fit kind ${kind}`);
  if (isPass && missing.encode !== 'nan') problems.push(`missing.encode must be 'nan' with encoding pass`);
  if (encoding.type === 'ordinal' && missing.encode === 'zero')
    problems.push(
      `missing.encode 'zero' would be the first level: use 'nan' or 'level' with encoding ordinal`,
    );
  if (encoding.type === 'ordinal' && encoding.unseen === 'zero')
    problems.push(
      `unseen 'zero' would be the first level: use 'missing', 'level' or 'reject' with encoding ordinal`,
    );
  if (encoding.type !== 'pass') problems.push(...checkLevels(encoding.levels, missing.placeholders ?? []));
  return problems.map((problem) => `features, ${name}: ${problem}`);
}

function checkLevels(levels: readonly string[], placeholders: readonly unknown[]): string[] {
  const missing = new Set(placeholders);
  return levels
    .filter((level) => missing.has(level))
    .map((level) => `'${level}' is both a level and a placeholder for missing`);
}

function checkCalibration({ points }: Calibration, task: Manifest['task']): string[] {
  const problems: string[] = [];
  const finite = points.every((point) => point.every(Number.isFinite));
  if (!finite) problems.push('holds a number that is not finite');
  if (!points.every(([raw], index) => index === 0 || raw > (points[index - 1]?.[0] ?? raw)))
    problems.push('raw values must rise strictly');
  if (!points.every(([, score], index) => index === 0 || score >= (points[index - 1]?.[1] ?? score)))
    problems.push('scores must never fall');
  if (task === 'classification' && points.some(([, score]) => score < 0 || score > 1))
    problems.push("a classifier's scores must lie within 0 and 1");
  return problems.map((problem) => `output.calibration.points: ${problem}`);
}

function checkBands(bands: readonly Band[]): string[] {
  const problems = findRepeated(bands.map(({ name }) => name)).map(
    (name) => `the name ${name} is used twice`,
  );
  const [first, ...rest] = bands;
  if (first !== undefined && first.lower !== null)
    problems.push(`the first band, ${first.name}, must have lower: null, so that each score has a band`);
  let previous = -Infinity;
  for (const { name, lower } of rest) {
    if (lower === null || !Number.isFinite(lower)) problems.push(`${name} needs a finite lower bound`);
    else if (lower <= previous) problems.push(`${name} must have a higher lower bound than the band before`);
    previous = lower ?? previous;
  }
  return problems.map((problem) => `bands: ${problem}`);
}

function checkImportance({ features, importance }: Manifest): string[] {
  const names = new Set(features.map(({ name }) => name));
  const problems = Object.keys(importance)
    .filter((name) => !names.has(name))
    .map((name) => `importance: ${name} is not a feature`);
  const sum = Object.values(importance).reduce((total, share) => total + share, 0);
  if (Math.abs(sum - 1) > IMPORTANCE_TOLERANCE)
    problems.push(`importance: the shares add up to ${sum}, not to 1`);
  return problems;
}

/** Each name that stands in the list more than once, once. */
function findRepeated(names: readonly string[]): string[] {
  const seen = new Set<string>();
  return [...new Set(names.filter((name) => seen.size === seen.add(name).size))];
}
