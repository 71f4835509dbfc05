import { setTimeout as sleep } from 'node:timers/promises';
import type { BacktestRun, RunStore } from '@scoreline/runtime/backtest/run-store.ts';
import type { RegistryAccess } from '@scoreline/runtime/avro/registry.ts';
import type { ExactlyOnceConsumer } from '@scoreline/runtime/kafka/exactly-once/consumer.ts';
import type { KafkaAccess } from '@scoreline/runtime/kafka/settings.ts';
import type { LoadedModel } from '@scoreline/runtime/model-package/open.ts';
import { aloneInLineup } from '../lineup.ts';
import type { ScoringEvents } from '../scoring-events.ts';
import { createScoringConsumer } from '../scoring-service.ts';
import { createBoundedBatch } from './bounded-batch.ts';
import { type BacktestProgress, createBacktestTally } from './tally.ts';

export interface BacktestDeps extends KafkaAccess {
  readonly schemaRegistry: RegistryAccess;
  readonly topicPrefix: string;
  readonly model: LoadedModel;
  readonly store: RunStore;
  readonly events: ScoringEvents;
  /** Input partition to the next offset, as the run's consumer group has committed it. */
  readonly readCommitted: (groupId: string, topic: string) => Promise<ReadonlyMap<number, number>>;
  readonly onProgress: (progress: BacktestProgress) => void;
}

/** How a backtest ended. */
export interface BacktestOutcome {
  readonly ended: 'finished' | 'interrupted';
  /** Input partition to the last offset that this process gave a score. */
  readonly lastScored: ReadonlyMap<number, number>;
}

const POLL_MS = 100;

/**
 * Scores a run's range as role `backtest`, exactly once, with a consumer group of its own: neither production nor the
 * live shadow notices. A run that was interrupted, or killed, goes on where its group stands. Throws where the
 * consumer can't go on.
 */
export async function runBacktest(
  deps: BacktestDeps,
  run: BacktestRun,
  signal: AbortSignal,
): Promise<BacktestOutcome> {
  const lineup = aloneInLineup(deps.model);
  const group = `backtest.${run.runId}`;
  const committed = await deps.readCommitted(`${deps.topicPrefix}${group}`, run.topic);
  const tally = createBacktestTally(run.ranges, committed, Date.now);
  const onWaiting = (reason: string): void => deps.onProgress({ ...tally.progress(), waitingFor: reason });
  const consumer = await createScoringConsumer(
    {
      brokers: deps.brokers,
      tls: deps.tls,
      sasl: deps.sasl,
      schemaRegistry: deps.schemaRegistry,
      topicPrefix: deps.topicPrefix,
      group,
      scoresTopic: 'lead-shadow-scores',
      role: 'backtest',
      runId: run.runId,
      start: { offsets: new Map(run.ranges.map(({ partition, from }) => [partition, from])) },
      currentLineup: () => lineup,
      events: deps.events,
      wrap: (transform) =>
        createBoundedBatch(
          {
            ranges: run.ranges,
            keepDeadLetters: (deadLetters) => deps.store.keepDeadLetters(run.runId, deadLetters),
            onCommitted: tally.committed,
          },
          transform,
        ),
    },
    onWaiting,
  );
  try {
    if (!tally.isDone())
      await consume(consumer, { tally, run, signal, onWaiting, onProgress: deps.onProgress });
  } finally {
    await consumer.stop();
  }
  deps.onProgress(tally.progress());
  const ended = tally.isDone() ? 'finished' : 'interrupted';
  if (ended === 'finished') await deps.store.save({ ...run, state: 'finished' });
  return { ended, lastScored: tally.lastScored() };
}

interface Consuming {
  readonly tally: ReturnType<typeof createBacktestTally>;
  readonly run: BacktestRun;
  readonly signal: AbortSignal;
  readonly onWaiting: (reason: string) => void;
  readonly onProgress: (progress: BacktestProgress) => void;
}

async function consume(
  consumer: ExactlyOnceConsumer,
  { tally, run, signal, onWaiting, onProgress }: Consuming,
): Promise<void> {
  let failure: Error | undefined;
  void consumer.failed.then((error) => (failure = error));
  const started = consumer.start(onWaiting).catch((error: unknown) => {
    failure = error instanceof Error ? error : new Error(String(error));
  });
  const aborted = new Promise<void>((resolve) =>
    signal.addEventListener('abort', () => resolve(), { once: true }),
  );
  await Promise.race([started, aborted]);
  while (!tally.isDone() && !signal.aborted) {
    if (failure !== undefined) throw failure;
    await sleep(POLL_MS);
    const waitingFor = consumer.notReady();
    if (waitingFor === undefined) tally.fetched(offsetsOf(consumer.fetched(), run.topic));
    onProgress({ ...tally.progress(), ...(waitingFor === undefined ? {} : { waitingFor }) });
  }
}

function offsetsOf(fetched: ReadonlyMap<string, number>, topic: string): ReadonlyMap<number, number> {
  return new Map(
    [...fetched]
      .filter(([place]) => place.startsWith(`${topic}/`))
      .map(([place, offset]) => [Number(place.slice(topic.length + 1)), offset]),
  );
}
