import { aloneInLineup } from '@scoreline/pipeline/lineup.ts';
import type { ScoringEvents } from '@scoreline/pipeline/scoring-events.ts';
import type { ScoringThreads } from '@scoreline/pipeline/threads/scoring-threads.ts';
import { createScoringConsumer } from '@scoreline/pipeline/scoring-service.ts';
import { type RegistryAccess, SchemaRefused } from '@scoreline/runtime/avro/registry.ts';
import type { ExactlyOnceConsumer } from '@scoreline/runtime/kafka/exactly-once/consumer.ts';
import type { StartPosition } from '@scoreline/runtime/kafka/exactly-once/types.ts';
import type { KafkaAccess } from '@scoreline/runtime/kafka/settings.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { PackageRefused } from '@scoreline/runtime/model-package/refused.ts';

/** One candidate in the shadow: its model and its consumer group, apart from every other's. */
export interface Candidate {
  notReady(): string | undefined;
  readonly failed: Promise<Error>;
  stop(): Promise<void>;
}

export interface CandidateDeps extends KafkaAccess {
  readonly open: (ref: string) => Promise<LoadedModel>;
  readonly schemaRegistry: RegistryAccess;
  readonly topicPrefix: string;
  readonly start: StartPosition;
  readonly threads: ScoringThreads;
  readonly events: ScoringEvents;
}

/** Refused once is refused again, until the package or the topic's schemas are others. */
export function isFinal(error: unknown): boolean {
  return error instanceof PackageRefused || error instanceof SchemaRefused;
}

/**
 * Starts a candidate; resolves once it scores, `onWaiting` is told what that waits for. Throws what keeps it from
 * scoring, with nothing left in memory.
 */
export async function startCandidate(
  ref: string,
  deps: CandidateDeps,
  onWaiting: (reason: string) => void,
): Promise<Candidate> {
  const { events } = deps;
  const begun = performance.now();
  const model = await deps.open(ref);
  try {
    const consumer = await startConsumer(ref, model, deps, onWaiting);
    events.modelSwitched(model, performance.now() - begun, undefined);
    return {
      notReady: consumer.notReady,
      failed: consumer.failed,
      async stop() {
        await consumer.stop();
        await model.close();
        events.modelReleased(model);
      },
    };
  } catch (error) {
    await model.close();
    throw error;
  }
}

async function startConsumer(
  ref: string,
  model: LoadedModel,
  deps: CandidateDeps,
  onWaiting: (reason: string) => void,
): Promise<ExactlyOnceConsumer> {
  const lineup = aloneInLineup(model);
  const consumer = await createScoringConsumer(
    {
      ...deps,
      group: `shadow.${ref}`,
      scoresTopic: 'lead-shadow-scores',
      role: 'shadow',
      start: deps.start,
      gathers: true,
      threads: deps.threads,
      currentLineup: () => lineup,
      events: deps.events,
    },
    onWaiting,
  );
  try {
    await consumer.start(onWaiting);
  } catch (error) {
    await consumer.stop();
    throw error;
  }
  return consumer;
}
