import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import type { GoldenCheck } from '@scoreline/core/gate/condition.ts';
import { completePolicy, type CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import type { Version } from '@scoreline/core/shadow/report.ts';
import { loadPackage, type ModelPackage } from '../model-package/load.ts';
import { openModel } from '../model-package/open.ts';
import { PackageRefused } from '../model-package/refused.ts';

/** What a report needs to know of the candidate's package. */
export interface CheckedPackage {
  /** Null where the package could not be had. */
  readonly task: Manifest['task'] | null;
  /** All defaults where the package could not be had. */
  readonly policy: CompletePolicy;
  readonly golden: GoldenCheck;
}

/** Where a package is, if that can be told. */
export type FindPackage = (version: Version) => Promise<string | undefined>;

/** Finds a version's package, loads it as a service would and scores its golden rows. */
export async function checkPackage(version: Version, find: FindPackage): Promise<CheckedPackage> {
  let dir: string | undefined;
  try {
    dir = await find(version);
  } catch (error) {
    return unknownPackage(
      `its package can't be had: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  return dir === undefined ? unknownPackage('its package could not be found') : checkFolder(dir);
}

async function checkFolder(dir: string): Promise<CheckedPackage> {
  let loaded: ModelPackage | undefined;
  try {
    loaded = await loadPackage(dir);
    const model = await openModel(loaded);
    await model.close();
    const rows = loaded.golden.rows.length;
    return {
      task: loaded.manifest.task,
      policy: loaded.policy,
      golden: { checked: true, passed: true, rows, detail: `all ${rows} golden rows agree` },
    };
  } catch (error) {
    if (!(error instanceof PackageRefused)) throw error;
    if (error.code === 'package.missing') return unknownPackage(error.problems[0]?.message ?? error.message);
    const detail = error.problems.map(({ message }) => message).join('; ');
    const golden = { checked: true, passed: false, rows: loaded?.golden.rows.length ?? 0, detail } as const;
    return { task: loaded?.manifest.task ?? null, policy: loaded?.policy ?? defaultPolicy(), golden };
  }
}

function unknownPackage(detail: string): CheckedPackage {
  return { task: null, policy: defaultPolicy(), golden: { checked: false, detail } };
}

function defaultPolicy(): CompletePolicy {
  const outcome = completePolicy({});
  if (!outcome.ok)
    throw new TypeError(`the default policy is not a good one: ${outcome.problems.join('; ')}`);
  return outcome.policy;
}
