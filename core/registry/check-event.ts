import type { ModelEvent } from '../contracts/model-event.ts';
import { checkAlias } from './aliases.ts';
import type { RefusalCode, RegistryRefusal } from './command.ts';
import type { RegistryState, Stage, VersionState } from './state.ts';
import { toVersionRef } from './version-ref.ts';

/** The last moment that a Date can hold. */
const MAX_TIME_MS = 8.64e15;
const SHA256 = /^[0-9a-f]{64}$/;

/**
 * Why an event is illegal in this state, whatever revision it expects; undefined where it may be accepted. The one
 * set of rules of the registry: a writer asks before it writes, and every reader asks again when it reads.
 */
export function checkEvent(state: RegistryState, event: ModelEvent): RegistryRefusal | undefined {
  if (event.actor.trim() === '') return refuse('event.invalid', 'a decision needs an actor: who decides?');
  if (Math.abs(event.decided_at) > MAX_TIME_MS)
    return refuse('event.invalid', `decided_at ${event.decided_at} is no time`);
  if (event.type === 'unknown') return refuse('event.invalid', 'a type of event that is not known here');
  if (event.type === 'aliased') return checkAlias(state, event);
  const ref = toVersionRef(event.model, event.version);
  if (ref === undefined)
    return refuse('event.invalid', `'${event.model}@${event.version}' is no <name>@<version>`);
  const version = state.versions.get(ref);
  if (event.type === 'registered') return checkRegistration(event, version);
  if (version === undefined)
    return refuse('version.unknown', `${ref} is not registered: push it first (scoreline model push)`);
  return event.type === 'rolled_back' ? checkRollback(state, version) : CHECKS[event.type](version);
}

type StageEvent = Exclude<ModelEvent['type'], 'unknown' | 'registered' | 'rolled_back' | 'aliased'>;

const CHECKS: Record<StageEvent, (version: VersionState) => RegistryRefusal | undefined> = {
  staged: (version) =>
    expectStage(version, ['registered', 'archived'], {
      staging: 'it is in Staging',
      production: 'it is in Production',
      rejected: 'a rejection is for good: push what was put right as a new version',
    }),
  approved: (version) =>
    expectStage(version, ['staging'], {
      registered: 'stage it first, so that the shadow shows what is to be approved (scoreline model stage)',
      archived: 'stage it first (scoreline model stage)',
      production: 'it is in Production',
      rejected: 'a rejection is for good: push what was put right as a new version',
    }),
  promoted: (version) =>
    expectStage(version, ['staging'], {
      registered: 'stage it first (scoreline model stage), then have it approved',
      archived:
        'stage it first (scoreline model stage); for the last production version: scoreline model rollback',
      production: 'it is in Production',
      rejected: 'a rejection is for good: push what was put right as a new version',
    }) ?? checkApproval(version),
  rejected: (version) =>
    expectStage(version, ['registered', 'staging', 'archived'], {
      production: 'leads are scored with it: promote another version or roll back, then reject it',
      rejected: 'it is rejected',
    }),
  archived: (version) =>
    expectStage(version, ['registered', 'staging'], {
      production: 'leads are scored with it: promote another version or roll back, which archives it',
      archived: 'it is archived',
      rejected: 'it is out of use by its rejection',
    }),
};

function expectStage(
  { ref, stage }: VersionState,
  allowed: readonly Stage[],
  otherwise: Partial<Record<Stage, string>>,
): RegistryRefusal | undefined {
  if (allowed.includes(stage)) return undefined;
  return refuse('stage.illegal', `${ref} is ${stage}: ${otherwise[stage] ?? 'that is not possible there'}`);
}

function checkApproval({ ref, approvals }: VersionState): RegistryRefusal | undefined {
  if (approvals.length > 0) return undefined;
  const message =
    `${ref} has no approval, which Production needs: look at its shadow report (scoreline shadow report), ` +
    `then have it approved (scoreline model approve ${ref} --reason …)`;
  return refuse('approval.missing', message);
}

function checkRegistration(
  { model, version, artifact }: ModelEvent,
  known: VersionState | undefined,
): RegistryRefusal | undefined {
  if (artifact === null || artifact.uri === '' || !SHA256.test(artifact.manifest_sha256))
    return refuse(
      'event.invalid',
      'a registration needs its artifact: a URI and the sha256 of manifest.json',
    );
  if (known === undefined) return undefined;
  if (known.artifact.manifest_sha256 === artifact.manifest_sha256)
    return refuse('stage.illegal', `${known.ref} is registered, with the same bytes`);
  const message =
    `${model}@${version} is registered with other bytes (manifest.json ${known.artifact.manifest_sha256}): ` +
    'a version never changes; give the package a new one';
  return refuse('version.other_bytes', message);
}

function checkRollback(
  { production, previous }: RegistryState,
  { ref }: VersionState,
): RegistryRefusal | undefined {
  if (previous.includes(ref)) return undefined;
  const message =
    ref === production
      ? `${ref} is in Production`
      : `${ref} was not in Production before, or has been rejected since: a rollback leads to ${listOr(previous)}`;
  return refuse('rollback.nowhere', message);
}

function listOr(refs: readonly string[]): string {
  return refs.length === 0 ? 'nowhere yet' : refs.toReversed().join(' or ');
}

function refuse(code: RefusalCode, message: string): RegistryRefusal {
  return { code, message };
}
