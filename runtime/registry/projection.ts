import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import type { Fold } from '@scoreline/core/decisions/decision.ts';
import { evolve } from '@scoreline/core/registry/evolve.ts';
import { EMPTY_REGISTRY, type RegistryState } from '@scoreline/core/registry/state.ts';
import type { DecisionTopic } from '../decision-log/open-log.ts';
import { createProjection, type Projection, type ProjectionDeps } from '../decision-log/projection.ts';

/** A stream's registry as this process knows it. */
export type RegistryProjection = Projection<RegistryState, ModelEvent>;

/** What the topic `model-registry` means. */
export const REGISTRY_FOLD: Fold<RegistryState, ModelEvent> = { empty: EMPTY_REGISTRY, evolve };

/** The topic of a stream's models. */
export const REGISTRY_TOPIC: DecisionTopic<ModelEvent> = {
  name: 'model-registry',
  contract: 'model-event',
  keyOf: ({ model }) => model,
};

/** Projects a log of model events; it closes the log with itself. */
export function createRegistryProjection(
  deps: Omit<ProjectionDeps<RegistryState, ModelEvent>, 'fold'>,
): RegistryProjection {
  return createProjection({ ...deps, fold: REGISTRY_FOLD });
}
