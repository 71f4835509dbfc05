import type { Golden } from '../contracts/golden.ts';
import type { Manifest } from '../contracts/manifest.ts';
import { compileFieldPath } from '../features/field-path.ts';
import type { PackageProblem } from './problem.ts';

/**
 * What golden.json must hold beyond its JSON Schema: each field that a feature reads is in at least one row (one
 * that is in none was renamed, and every lead would be scored without it), and scores are finite, a classifier's
 * within 0 and 1.
 */
export function checkGolden(manifest: Manifest, golden: Golden): PackageProblem[] {
  return [...checkFields(manifest, golden), ...checkScores(manifest, golden)];
}

function checkFields({ features }: Manifest, { rows }: Golden): PackageProblem[] {
  return features
    .filter(({ field }) => {
      const read = compileFieldPath(field);
      return rows.every(({ event }) => read(event) === undefined);
    })
    .map(({ name, field }) => ({
      code: 'golden.missing_field',
      message: `golden.json: no row has the field ${field}, which feature ${name} reads`,
    }));
}

function checkScores({ task }: Manifest, { rows }: Golden): PackageProblem[] {
  const isProbability = task === 'classification';
  const row = rows.findIndex(
    ({ score }) => !Number.isFinite(score) || (isProbability && (score < 0 || score > 1)),
  );
  if (row === -1) return [];
  const wanted = isProbability ? 'within 0 and 1' : 'a finite number';
  return [{ code: 'golden.invalid', message: `golden.json: row ${row}: score must be ${wanted}` }];
}
