import { checkContract } from '@scoreline/core/model-package/check-contract.ts';
import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';
import { loadPackage, type ModelPackage } from '../model-package/load.ts';
import { PackageRefused } from '../model-package/refused.ts';
import type { TryPackage } from './lifecycle-deps.ts';
import type { LifecycleRefusal } from './outcome.ts';

/** A package that may serve, or everything that is wrong with it. */
export type PackageVerdict =
  { readonly ok: true; readonly pkg: ModelPackage; readonly warnings: readonly string[] } | LifecycleRefusal;

const UNCHECKED =
  'no schema is registered for lead-created: whether leads have the fields that the package reads is not known';

/**
 * Makes every check of the package in `dir` that a service makes (golden rows scored), then holds the fields that it
 * reads against the newest schema of leads; undefined where none is registered.
 */
export async function checkPackage(
  dir: string,
  tryPackage: TryPackage,
  leadSchema: string | undefined,
): Promise<PackageVerdict> {
  let pkg: ModelPackage;
  try {
    pkg = await loadPackage(dir);
  } catch (error) {
    if (!(error instanceof PackageRefused)) throw error;
    return refusePackage(error.problems);
  }
  const found = await tryPackage(dir);
  if (found.length > 0) return refusePackage(found);
  if (leadSchema === undefined) return { ok: true, pkg, warnings: [UNCHECKED] };
  const { problems, warnings } = checkContract(pkg.manifest, leadSchema, pkg.golden);
  if (problems.length === 0) return { ok: true, pkg, warnings: warnings.map(({ message }) => message) };
  const message = 'the package does not fit the newest schema of lead-created: its leads would be misread';
  return { ok: false, code: 'contract.broken', message, problems };
}

function refusePackage(problems: readonly PackageProblem[]): LifecycleRefusal {
  const message = 'the package is refused: no service would load it';
  return { ok: false, code: 'package.refused', message, problems };
}
