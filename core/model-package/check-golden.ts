import type { Golden } from '../contracts/golden.ts';
import type { Manifest } from '../contracts/manifest.ts';
import type { PackageProblem } from './problem.ts';

/**
 * What golden.json must hold beyond its JSON Schema: every row has each field that a feature reads (null is a
 * missing value, an absent field is a renamed one), and a classifier's scores lie within 0 and 1.
 */
export function checkGolden(manifest: Manifest, golden: Golden): PackageProblem[] {
  return [
    ...manifest.features.flatMap(({ name, field }) => {
      const row = golden.rows.findIndex(({ event }) => !hasField(event, field.split('.')));
      if (row === -1) return [];
      const message = `golden.json: row ${row} has no field ${field}, which feature ${name} reads`;
      return [{ code: 'golden.missing_field', message } as const];
    }),
    ...checkScores(manifest, golden),
  ];
}

function hasField(value: unknown, path: readonly string[]): boolean {
  const [first, ...rest] = path;
  if (first === undefined || value === null) return true;
  if (typeof value !== 'object' || !Object.hasOwn(value, first)) return false;
  return hasField((value as Record<string, unknown>)[first], rest);
}

function checkScores({ task }: Manifest, { rows }: Golden): PackageProblem[] {
  const isAllowed = (score: number): boolean =>
    Number.isFinite(score) && (task !== 'classification' || (score >= 0 && score <= 1));
  const row = rows.findIndex(({ score }) => !isAllowed(score));
  if (row === -1) return [];
  const wanted = task === 'classification' ? 'within 0 and 1' : 'a finite number';
  return [{ code: 'golden.invalid', message: `golden.json: row ${row}: score must be ${wanted}` }];
}
