import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import { toDecisionColumns } from './decision-columns.ts';
import type { DecisionTable } from './decision-sink.ts';

/** Decisions about models: what came on `model-registry`. */
export const MODEL_EVENTS: DecisionTable<RegistryState, ModelEvent> = {
  name: 'model_events_raw',
  toRow: (topic, verdict) => ({
    ...toDecisionColumns(topic, verdict),
    model: verdict.event?.model ?? '',
    model_version: verdict.event?.version ?? '',
    alias: verdict.event?.alias ?? '',
    artifact_uri: verdict.event?.artifact?.uri ?? '',
    manifest_sha256: verdict.event?.artifact?.manifest_sha256 ?? '',
  }),
};
