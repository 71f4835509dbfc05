import { findSegments } from '@scoreline/core/drift/segments.ts';
import { completePolicy, type CompletePolicy } from '@scoreline/core/policy/defaults.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { findPackage } from '@scoreline/runtime/model-package/find.ts';
import { loadPackage, type ModelPackage } from '@scoreline/runtime/model-package/load.ts';
import type { VersionName } from './ingest/marks.ts';
import { toReferenceRows } from './reference-rows.ts';
import { remarkUnreferenced } from './windows/remark.ts';

/** What is known of the model versions whose scores come by. */
export interface ModelCatalog {
  /** Loads the packages of these versions where they aren't known yet; never throws for a package's sake. */
  learn(versions: Iterable<VersionName>): Promise<void>;
  /** The package of a version that was learnt; undefined where none can be had: its scores get no verdict. */
  packageOf(version: VersionName): ModelPackage | undefined;
  /** The policy of a version's model; all defaults where its package isn't there. */
  policyOf(version: VersionName): CompletePolicy;
}

/** The folder of a version that the registry knows; undefined: it knows none. */
export type FindRegistered = (version: VersionName) => Promise<string | undefined>;

export interface ModelCatalogEvents {
  modelKnown(version: VersionName): void;
  modelUnknown(version: VersionName, reason: string): void;
  /** What the policy's segments name and this version doesn't have: they aren't watched. */
  segmentsLeftOut(version: VersionName, problems: readonly string[]): void;
}

/** A package that wasn't there is looked for again after this long. */
const LOOK_AGAIN_MS = 30_000;

/**
 * Reads packages as their versions turn up, and writes their references to ClickHouse before any of their windows can
 * be computed. A package that comes late finds its windows marked anew.
 */
export function createModelCatalog(deps: {
  readonly modelsDir: string;
  /** Asked first; what it doesn't know is in `modelsDir`. */
  readonly findRegistered?: FindRegistered | undefined;
  readonly database: Database;
  readonly events: ModelCatalogEvents;
  readonly nowMs: () => number;
}): ModelCatalog {
  const known = new Map<string, ModelPackage>();
  const lookAgainAtMs = new Map<string, number>();
  const learning = new Map<string, Promise<void>>();
  const learnOne = async ({ model, modelVersion }: VersionName): Promise<void> => {
    // Its name alone: whoever asks may know more of it, and metrics are labelled by what is told.
    const version = { model, modelVersion };
    const name = nameOf(version);
    const found = await tryLoad(async () => {
      const registered = await deps.findRegistered?.(version);
      return registered ?? findPackage(deps.modelsDir, name);
    }, name);
    if ('reason' in found) {
      lookAgainAtMs.set(name, deps.nowMs() + LOOK_AGAIN_MS);
      deps.events.modelUnknown(version, found.reason);
      return;
    }
    await storeReference(deps.database, found.package);
    await remarkUnreferenced(deps.database, version, found.package.policy);
    known.set(name, found.package);
    deps.events.modelKnown(version);
    const { reference, policy } = found.package;
    const { problems } = findSegments(reference, policy.drift.segments);
    if (problems.length > 0) deps.events.segmentsLeftOut(version, problems);
  };
  return {
    async learn(versions) {
      for (const version of versions) {
        const name = nameOf(version);
        if (known.has(name) || (lookAgainAtMs.get(name) ?? 0) > deps.nowMs()) continue;
        // Partitions meet a new version at the same time: one of them looks, the others wait with it.
        const looking = learning.get(name) ?? learnOne(version).finally(() => learning.delete(name));
        learning.set(name, looking);
        await looking;
      }
    },
    packageOf: (version) => known.get(nameOf(version)),
    policyOf: (version) => known.get(nameOf(version))?.policy ?? DEFAULT_POLICY,
  };
}

const DEFAULT_POLICY = defaultPolicy();

function defaultPolicy(): CompletePolicy {
  const outcome = completePolicy({});
  if (!outcome.ok)
    throw new TypeError(`the default policy is not a good one: ${outcome.problems.join('; ')}`);
  return outcome.policy;
}

type Found = { readonly package: ModelPackage } | { readonly reason: string };

async function tryLoad(find: () => Promise<string | undefined>, name: string): Promise<Found> {
  try {
    const dir = await find();
    if (dir === undefined) return { reason: `${name} is no name of a package (<name>@<version>)` };
    return { package: await loadPackage(dir) };
  } catch (error) {
    return { reason: error instanceof Error ? error.message : String(error) };
  }
}

async function storeReference(database: Database, loaded: ModelPackage): Promise<void> {
  const { info, bins, samples, joint } = toReferenceRows(loaded);
  await database.insert('reference_bins', bins);
  await database.insert('reference_samples', samples);
  await database.insert('reference_joint', joint);
  await database.insert('model_info', [info]);
}

function nameOf({ model, modelVersion }: VersionName): string {
  return `${model}@${modelVersion}`;
}
