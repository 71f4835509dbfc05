import type { MlflowClient, MlflowVersion } from './client.ts';
import { PACKAGE_TAG } from './import-package.ts';

/** The aliases that Scoreline keeps in MLflow; all others are left alone. */
const KEPT = ['champion', 'challenger'] as const;

/** One alias that has to change in MLflow; `version` undefined: it is taken away. */
export interface AliasChange {
  readonly alias: string;
  readonly version: string | undefined;
  readonly was: string | undefined;
  /** `<name>@<version>` that the alias points at in the registry; undefined: at none. */
  readonly ref: string | undefined;
}

/**
 * Makes `champion` and `challenger` of a registered model in MLflow point where the registry's do; what has changed,
 * or undefined where MLflow has no such model. The registry decides and MLflow shows it, never the other way round:
 * a version is found by the tag that its import left, and an alias whose version didn't come from there is removed.
 */
export async function syncAliases(
  client: MlflowClient,
  name: string,
  aliases: ReadonlyMap<string, string>,
): Promise<readonly AliasChange[] | undefined> {
  const present = await client.listAliases(name);
  if (present === undefined) return undefined;
  const changes = planAliases(aliases, present, await client.listVersions(name));
  for (const { alias, version } of changes)
    await (version === undefined ? client.removeAlias(name, alias) : client.setAlias(name, alias, version));
  return changes;
}

/** What has to change; `wanted` is alias to `<name>@<version>`, `present` alias to MLflow's version number. */
export function planAliases(
  wanted: ReadonlyMap<string, string>,
  present: ReadonlyMap<string, string>,
  versions: readonly MlflowVersion[],
): readonly AliasChange[] {
  return KEPT.map((alias) => {
    const ref = wanted.get(alias);
    const version = ref === undefined ? undefined : newestOf(versions, ref);
    return { alias, version, was: present.get(alias), ref };
  }).filter(({ version, was }) => version !== was);
}

/** A package that was logged twice has two versions in MLflow: the later one counts. */
function newestOf(versions: readonly MlflowVersion[], ref: string): string | undefined {
  const numbers = versions
    .filter(({ tags }) => tags.get(PACKAGE_TAG) === ref)
    .map(({ version }) => Number(version));
  return numbers.length === 0 ? undefined : String(Math.max(...numbers));
}
