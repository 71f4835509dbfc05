import type { ModelEvent } from '../contracts/model-event.ts';
import type { RegistryRefusal } from './command.ts';
import { CHALLENGER, CHAMPION, type RegistryState, stagingVersions } from './state.ts';
import { toVersionRef, type VersionRef } from './version-ref.ts';

const ALIAS = /^[a-z][a-z0-9_-]{0,63}$/;

/** Why an `aliased` event is illegal in this state; undefined where it may be accepted. */
export function checkAlias(
  state: RegistryState,
  { alias, model, version }: ModelEvent,
): RegistryRefusal | undefined {
  if (alias === null || !ALIAS.test(alias))
    return { code: 'event.invalid', message: `'${alias}' is no alias: small letters, digits, - and _` };
  if (alias === CHAMPION) {
    const message = `${CHAMPION} always points at the production version: promote the one that it shall be`;
    return { code: 'alias.reserved', message };
  }
  if (isRemoval({ model, version })) {
    if (state.ownAliases.has(alias)) return undefined;
    return { code: 'alias.unknown', message: `${alias} was not set by hand: there is nothing to take away` };
  }
  return checkTarget(state, alias, toVersionRef(model, version));
}

function checkTarget(
  state: RegistryState,
  alias: string,
  ref: VersionRef | undefined,
): RegistryRefusal | undefined {
  const target = ref && state.versions.get(ref);
  if (target === undefined) {
    const message = `${ref ?? 'that'} is not registered: push it first (scoreline model push)`;
    return { code: 'version.unknown', message };
  }
  if (alias !== CHALLENGER || target.stage === 'staging') return undefined;
  const message = `${CHALLENGER} points at a Staging version, and ${target.ref} is ${target.stage}: stage it first`;
  return { code: 'stage.illegal', message };
}

/** Both empty: the alias is taken away. */
export function isRemoval({ model, version }: Pick<ModelEvent, 'model' | 'version'>): boolean {
  return model === '' && version === '';
}

/** The state with its aliases worked out anew; a challenger set by hand lapses once its version leaves Staging. */
export function withAliases(state: RegistryState): RegistryState {
  const staging = stagingVersions(state);
  const ownAliases = new Map(state.ownAliases);
  const own = ownAliases.get(CHALLENGER);
  if (own !== undefined && !staging.some(({ ref }) => ref === own)) ownAliases.delete(CHALLENGER);
  const aliases = new Map<string, VersionRef>();
  if (state.production !== null) aliases.set(CHAMPION, state.production);
  if (staging[0] !== undefined) aliases.set(CHALLENGER, staging[0].ref);
  for (const [alias, ref] of ownAliases) aliases.set(alias, ref);
  return { ...state, aliases, ownAliases };
}
