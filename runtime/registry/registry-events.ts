import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import { createDecisionLogEvents } from '../decision-log/events.ts';
import type { ProjectionEvents } from '../decision-log/projection.ts';
import type { Telemetry } from '../telemetry/telemetry.ts';

/** What a projection of the registry has to tell. */
export type RegistryEvents = ProjectionEvents<RegistryState, ModelEvent>;

export function createRegistryEvents(telemetry: Telemetry): RegistryEvents {
  return createDecisionLogEvents(telemetry, {
    metric: 'registry',
    topic: 'model-registry',
    title: 'model registry',
    describeEvent: ({ type, model, version, alias, actor, reason }) => ({
      type,
      model,
      version,
      alias,
      actor,
      reason,
    }),
    describeState: ({ production, versions }) => ({ production, versions: versions.size }),
  });
}
