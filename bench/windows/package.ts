import { type WrittenPackage, writeTinyPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import { describeLevels, describeNumeric, REFERENCE_ROWS, spreadEvenly } from '../made-up-features.ts';

/** The version whose windows are computed anew. */
export const VERSION = { model: 'wide', modelVersion: '1.0.0' };

/** Of these, the first are numeric with a sample for Kolmogorov–Smirnov, the others categorical. */
export const FEATURES = 20;
export const NUMERIC = 12;

/** Writes a package of 20 features with a policy of nothing but defaults; its model never scores. */
export function writeWidePackage(): Promise<WrittenPackage> {
  const features = Array.from({ length: FEATURES }, (_, i) =>
    i < NUMERIC ? describeNumeric(i) : describeLevels(i),
  );
  return writeTinyPackage((parts) => {
    parts.folder = `${VERSION.model}/${VERSION.modelVersion}`;
    parts.manifest = {
      ...parts.manifest,
      name: VERSION.model,
      features: features.map(({ feature }) => feature),
      tensor: { input: 'input', width: FEATURES },
      importance: Object.fromEntries(features.map(({ feature }) => [feature.name, 1 / FEATURES])),
    };
    parts.reference = {
      rows: REFERENCE_ROWS,
      features: features.map(({ distribution }) => distribution),
      score: spreadEvenly('score', 1, 0),
      bands: { low: REFERENCE_ROWS / 2, high: REFERENCE_ROWS / 2 },
    };
    const event = Object.fromEntries(features.map(({ feature }) => [feature.name, null]));
    parts.golden = { tolerance: 1e-5, rows: [{ event, score: 0 }] };
  });
}
