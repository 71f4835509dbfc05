import type { RegistryState } from '@scoreline/core/registry/state.ts';
import { Counter, Gauge } from 'prom-client';
import type { Telemetry } from '../telemetry/telemetry.ts';
import type { Verdict } from './verdict.ts';

/** What a projection of the registry has to tell. */
export interface RegistryEvents {
  /** One record was read; not `isLive` while the history is. */
  eventRead(verdict: Verdict, isLive: boolean): void;
  /** The history has been read to its end. */
  registryProjected(state: RegistryState): void;
}

/** For tools that tell a person themselves. */
export const SILENT_REGISTRY_EVENTS: RegistryEvents = { eventRead: () => {}, registryProjected: () => {} };

/** Log lines of decisions as they come, the revision, and how many events did not count. */
export function createRegistryEvents({ log, registry }: Telemetry): RegistryEvents {
  const registers = [registry];
  const revision = new Gauge({
    name: 'scoreline_registry_revision',
    help: 'Decisions of the model registry that count, as this process knows them.',
    registers,
  });
  const ignored = new Counter({
    name: 'scoreline_registry_events_ignored_total',
    help: 'Records of model-registry that do not count, by reason.',
    labelNames: ['code'],
    registers,
  });
  return {
    eventRead(verdict, isLive) {
      revision.set(verdict.revision);
      if (verdict.ignored !== undefined) ignored.inc({ code: verdict.ignored.code });
      if (isLive) logVerdict(log, verdict);
    },
    registryProjected({ revision, production, versions }) {
      log.info({ revision, production, versions: versions.size }, 'model registry read to its end');
    },
  };
}

function logVerdict(log: Telemetry['log'], { offset, revision, event, ignored }: Verdict): void {
  const { type, model, version, alias, actor, reason } = event ?? {};
  const fact = { offset, revision, type, model, version, alias, actor, reason };
  if (ignored === undefined) log.info(fact, 'model registry: decision');
  else log.warn({ ...fact, code: ignored.code, why: ignored.reason }, 'model registry: event ignored');
}
