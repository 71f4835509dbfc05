import type { ScoringEvents } from '@scoreline/pipeline/scoring-events.ts';
import { createScoringConsumer } from '@scoreline/pipeline/scoring-service.ts';
import type { StartPosition } from '@scoreline/runtime/kafka/exactly-once/types.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';

/** One candidate in the shadow: its model and its consumer group, apart from every other's. */
export interface Candidate {
  notReady(): string | undefined;
  readonly failed: Promise<Error>;
  stop(): Promise<void>;
}

export interface CandidateDeps {
  readonly open: (ref: string) => Promise<LoadedModel>;
  readonly brokers: readonly string[];
  readonly registryUrl: string;
  readonly topicPrefix: string;
  readonly start: StartPosition;
  readonly events: ScoringEvents;
  /** Told what the start waits for. */
  readonly onWaiting: (reason: string) => void;
}

/** Starts a candidate; resolves once it scores. Throws what keeps its package from being used. */
export async function startCandidate(ref: string, deps: CandidateDeps): Promise<Candidate> {
  const { events, onWaiting } = deps;
  const begun = performance.now();
  const model = await deps.open(ref);
  events.modelSwitched(model, performance.now() - begun, undefined);
  const consumer = await createScoringConsumer(
    {
      brokers: deps.brokers,
      registryUrl: deps.registryUrl,
      topicPrefix: deps.topicPrefix,
      group: `shadow.${ref}`,
      scoresTopic: 'lead-shadow-scores',
      role: 'shadow',
      start: deps.start,
      currentModel: () => model,
      events,
    },
    onWaiting,
  );
  await consumer.start(onWaiting);
  return {
    notReady: consumer.notReady,
    failed: consumer.failed,
    async stop() {
      await consumer.stop();
      await model.close();
      events.modelReleased(model);
    },
  };
}
