import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';

/** The answer to GET /model-info: the model that scores now, as its manifest tells it. */
export function describeModel({ manifest, loadedAtMs }: LoadedModel) {
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
  };
}
