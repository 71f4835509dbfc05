import { createHash } from 'node:crypto';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import { toVersionRef, type VersionRef } from '@scoreline/core/registry/version-ref.ts';
import type { StoredPackage } from '../artifacts/artifact-store.ts';
import { readPackageFile } from '../model-package/package-files.ts';
import { checkPackage } from './check-package.ts';
import { describeDone } from './describe-done.ts';
import type { Decider, ModelLifecycleDeps } from './lifecycle-deps.ts';
import { type LifecycleOutcome, refuse, toOutcome } from './outcome.ts';

/** Where a package to be pushed is: in a folder `…/<name>/<version>`, or in a store already. */
export type PushSource = { readonly dir: string } | { readonly stored: StoredPackage };

/**
 * 1. every check that a service makes, golden rows included, and the contract with the leads' schema;
 * 2. the version isn't registered with other bytes;
 * 3. the bytes into the store, read back;
 * 4. the registration.
 * A push that broke off is completed by the same push again.
 */
export async function pushPackage(
  deps: ModelLifecycleDeps,
  source: PushSource,
  decider: Decider,
  state: RegistryState,
): Promise<LifecycleOutcome> {
  const { store, commands, tryPackage, leadSchema } = deps;
  const dir =
    'dir' in source ? source.dir : await store.fetch(source.stored.uri, source.stored.manifestSha256);
  const verdict = await checkPackage(dir, tryPackage, await leadSchema());
  if (!verdict.ok) return verdict;
  const { name: model, version } = verdict.pkg.manifest;
  const ref = toVersionRef(model, version);
  if (ref === undefined) return refuse('event.invalid', `'${model}@${version}' is no <name>@<version>`);
  const clash = await findClash(state, ref, dir);
  if (clash !== undefined) return refuse('version.other_bytes', clash);
  const put = 'dir' in source ? await store.put(dir, { model, version }) : undefined;
  if (put?.ok === false) return refuse(`artifact.${put.code}`, put.message);
  const { uri, manifestSha256 } = put?.stored ?? ('stored' in source ? source.stored : NOWHERE);
  const artifact = { uri, manifest_sha256: manifestSha256 };
  const result = await commands.execute({ type: 'register', ref, artifact, ...decider });
  const done = result.ok && result.changed ? describeDone(result.event, result.state) : '';
  return toOutcome(result, done, verdict.warnings);
}

const NOWHERE: StoredPackage = { uri: '', manifestSha256: '' };

/** Told before the store is written to: bytes that can't be registered have no place in it. */
async function findClash(state: RegistryState, ref: VersionRef, dir: string): Promise<string | undefined> {
  const known = state.versions.get(ref)?.artifact.manifest_sha256;
  const manifest = await readPackageFile(dir, 'manifest.json');
  if (known === undefined || !manifest.ok) return undefined;
  if (createHash('sha256').update(manifest.bytes).digest('hex') === known) return undefined;
  return `${ref} is registered with other bytes (manifest.json ${known}): a version never changes; give the package a new one`;
}
