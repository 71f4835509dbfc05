import type { Feature, Manifest } from '../contracts/manifest.ts';
import type { Bins, Distribution, Reference } from '../contracts/reference.ts';
import type { PackageProblem } from './problem.ts';

/**
 * What reference.json must hold beyond its JSON Schema: a distribution per feature of the manifest, in its order,
 * each adding up to the reference's rows. Gives every problem at once.
 */
export function checkReference(manifest: Manifest, reference: Reference): PackageProblem[] {
  const { rows } = reference;
  const kinds = new Map(manifest.features.map((feature) => [feature.name, feature.kind]));
  return [
    ...checkOrder(manifest.features, reference.features),
    ...reference.features.flatMap((distribution) =>
      checkDistribution(distribution, rows, kinds.get(distribution.name)).map((what) => `features, ${what}`),
    ),
    ...checkDistribution(reference.score, rows, 'numeric'),
    ...checkBandCounts(manifest, reference),
  ].map((what) => ({ code: 'reference.invalid', message: `reference.json: ${what}` }));
}

function checkOrder(features: readonly Feature[], distributions: readonly Distribution[]): string[] {
  const wanted = features.map(({ name }) => name);
  const found = distributions.map(({ name }) => name);
  const absent = wanted.filter((name) => !found.includes(name)).map((name) => `features: ${name} is missing`);
  const extra = found
    .filter((name) => !wanted.includes(name))
    .map((name) => `features: ${name} is not in the manifest`);
  if (absent.length > 0 || extra.length > 0) return [...absent, ...extra];
  const places = Math.max(wanted.length, found.length);
  const first = Array.from({ length: places }).findIndex((_, place) => wanted[place] !== found[place]);
  if (first === -1) return [];
  const what = `place ${first + 1} holds ${found[first] ?? 'none'}`;
  return [`features: must stand in the manifest's order, once each; ${what}`];
}

function checkDistribution(
  { bins, counts, missing, name, other, sample, test }: Distribution,
  rows: number,
  kind: Feature['kind'] | undefined,
): string[] {
  const problems: string[] = [];
  const total = counts.reduce((sum, count) => sum + count, 0) + other + missing;
  const wantedCounts = countBins(bins);
  if (kind !== undefined && (bins.type === 'levels') !== (kind === 'categorical'))
    problems.push(`bins of type ${bins.type} do not fit a ${kind} feature`);
  if (!areBinsInOrder(bins))
    problems.push(`bins.${bins.type} must be ${bins.type === 'levels' ? 'distinct' : 'strictly rising'}`);
  if (counts.length !== wantedCounts) problems.push(`has ${counts.length} counts for ${wantedCounts} bins`);
  if (total !== rows) problems.push(`counts, other and missing add up to ${total}, not to ${rows} rows`);
  if ((test === 'ks') !== (bins.type === 'edges'))
    problems.push(`test ${test} does not fit bins of type ${bins.type}`);
  if (test === 'ks' && !isSortedSample(sample)) problems.push('test ks needs a sorted sample');
  return problems.map((problem) => `${name}: ${problem}`);
}

function countBins(bins: Bins): number {
  if (bins.type === 'edges') return bins.edges.length + 1;
  return bins.type === 'values' ? bins.values.length : bins.levels.length;
}

function areBinsInOrder(bins: Bins): boolean {
  if (bins.type === 'levels') return new Set(bins.levels).size === bins.levels.length;
  const numbers = bins.type === 'edges' ? bins.edges : bins.values;
  return numbers.every((number, index) => index === 0 || number > (numbers[index - 1] ?? number));
}

function isSortedSample(sample: readonly number[] | undefined): boolean {
  if (sample === undefined || sample.length === 0) return false;
  return sample.every((value, index) => index === 0 || value >= (sample[index - 1] ?? value));
}

function checkBandCounts(manifest: Manifest, { bands, rows }: Reference): string[] {
  const names = new Set(manifest.bands.map(({ name }) => name));
  const absent = [...names]
    .filter((name) => !Object.hasOwn(bands, name))
    .map((name) => `bands: ${name} is missing`);
  const extra = Object.keys(bands).filter((name) => !names.has(name));
  const total = Object.values(bands).reduce((sum, count) => sum + count, 0);
  return [
    ...absent,
    ...extra.map((name) => `bands: ${name} is not in the manifest`),
    ...(total === rows ? [] : [`bands: the counts add up to ${total}, not to ${rows} rows`]),
  ];
}
