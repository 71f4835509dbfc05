import { splitVersionRef } from '@scoreline/core/registry/version-ref.ts';
import { type Lineup, sharesOf } from '@scoreline/pipeline/lineup.ts';

/** The answer to GET /model-info: production's model, as its manifest tells it, and the rollout beside it. */
export function describeModel(lineup: Lineup) {
  const { manifest, loadedAtMs } = lineup.production;
  const { name, version, task, description, input, bands, training, importance } = manifest;
  return {
    name,
    version,
    task,
    description,
    input,
    features: manifest.features.map((feature) => ({ ...feature, importance: importance[feature.name] ?? 0 })),
    bands,
    training,
    created_at: manifest.created_at,
    loaded_at: new Date(loadedAtMs).toISOString(),
    rollout: describeRollout(lineup),
  };
}

/** The rollout that assigns leads now; null without one. */
export function describeRollout({ traffic, treatments }: Pick<Lineup, 'traffic' | 'treatments'>) {
  if (traffic.experimentId === null) return null;
  return {
    id: traffic.experimentId,
    treatments: sharesOf(traffic).map(({ ref, share }, index) => ({
      ...splitVersionRef(ref),
      share,
      in_memory: treatments[index] !== undefined,
    })),
  };
}
