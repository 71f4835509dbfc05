import { parseVersionRef } from '@scoreline/core/registry/version-ref.ts';
import { describeRegistry } from '@scoreline/runtime/model-lifecycle/describe-registry.ts';
import { withLifecycle } from '../registry/with-lifecycle.ts';
import { formatRegistry, formatVersion, formatVersionJson } from './format-registry.ts';
import type { CommandOutcome } from './model-validate.ts';

/** The registry's versions and aliases. */
export async function listModels(asJson: boolean): Promise<CommandOutcome> {
  const state = await withLifecycle((lifecycle) => lifecycle.state());
  return { ok: true, lines: asJson ? [JSON.stringify(describeRegistry(state))] : formatRegistry(state) };
}

/** What the registry knows of the version that `<name>@<version>` or an alias names. */
export async function showVersion(name: string, asJson: boolean): Promise<CommandOutcome> {
  const state = await withLifecycle((lifecycle) => lifecycle.state());
  const ref = parseVersionRef(name) ?? state.aliases.get(name);
  const version = ref && state.versions.get(ref);
  if (version === undefined) {
    const message = `${name} is not registered: "scoreline model list" tells what is`;
    return { ok: false, lines: [message] };
  }
  return { ok: true, lines: asJson ? formatVersionJson(version, state) : formatVersion(version, state) };
}
