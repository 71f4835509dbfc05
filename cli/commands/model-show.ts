import type { Feature, Manifest } from '@scoreline/core/contracts/manifest.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { PackageRefused } from '@scoreline/runtime/model-package/refused.ts';
import type { CommandOutcome } from './model-validate.ts';

/** Describes the package in `dir` for a person; a package that is refused is told by its problems. */
export async function showModel(dir: string): Promise<CommandOutcome> {
  try {
    const { manifest } = await loadPackage(dir);
    return { ok: true, lines: describeManifest(manifest) };
  } catch (error) {
    if (error instanceof PackageRefused) return { ok: false, lines: [error.message] };
    throw error;
  }
}

function describeManifest(manifest: Manifest): string[] {
  const { name, version, task, description, bands, training, created_at: createdAt } = manifest;
  const { rows, period, metrics } = training;
  const from = period === null ? '' : `, ${period.from} to ${period.to}`;
  return [
    `${name} ${version} · ${task} · made ${createdAt}`,
    ...(description === undefined ? [] : [description]),
    `trained on ${rows} rows${from}`,
    `metrics: ${list(Object.entries(metrics).map(([metric, value]) => `${metric} ${Number(value.toPrecision(4))}`))}`,
    `bands: ${list(bands.map(({ name, lower }) => (lower === null ? name : `${name} from ${lower}`)))}`,
    `features (${manifest.tensor.width} columns), by importance:`,
    ...describeFeatures(manifest),
  ];
}

function describeFeatures({ features, importance }: Manifest): string[] {
  const share = ({ name }: Feature): number => importance[name] ?? 0;
  const longest = Math.max(...features.map(({ name }) => name.length));
  return features
    .toSorted((a, b) => share(b) - share(a))
    .map((feature) => {
      const percent = `${(share(feature) * 100).toFixed(1)} %`.padStart(7);
      return `  ${feature.name.padEnd(longest)} ${percent}  ${feature.kind}, field ${feature.field}`;
    });
}

function list(items: readonly string[]): string {
  return items.length === 0 ? 'none' : items.join(', ');
}
