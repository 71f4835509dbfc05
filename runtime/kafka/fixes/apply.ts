import { createRequire } from 'node:module';
import { Batch } from './batch.ts';
import { type ClusterState, rememberCoordinators } from './coordinators.ts';
import { type BatchRunner, fetchBesideWork, type FetchingGroup, runBesideFetches } from './eager-groups.ts';
import { createFetcher } from './fetcher.ts';
import { type JoiningGroup, tellGeneration } from './generation.ts';
import { moveToDefaultOffset, type OffsetManagerState } from './default-offset.ts';
import { rejoinAfterLostTopic, type ConsumerGroupState } from './lost-topic.ts';
import { type MetadataSource, refuseNoMetadata } from './no-metadata.ts';
import { decodeRecordBatches } from './record-batches.ts';
import { type ErrorCode, explainRefusals } from './refusals.ts';
import { createRequest } from './request.ts';
import { askNewLeaders, type LeaderState } from './stale-leaders.ts';
import { followClock } from './wall-clock.ts';
import { scheduleCheck, type RequestQueueState } from './request-queue.ts';
import { createWorkerQueue } from './worker-queue.ts';

/**
 * Puts our versions of parts of kafkajs 2.2.4 in place, in the process and not on disk: no install step can
 * miss it. An upgrade that moves modules or methods fails here, at start; one that moves fields (`TIMES`) or keeps
 * them in the objects themselves fails in apply.test.ts. Import it before kafkajs.
 */
const require = createRequire(import.meta.url);
/** Tells our parts from kafkajs's when the module is evaluated again (test runners do). */
const OURS = Symbol.for('scoreline.kafka.fix');

/** Fields that count time: the last heartbeat, the age of what is known of leaders, requests' time-outs. */
export const TIMES = {
  'consumer/consumerGroup.js': 'lastRequest',
  'cluster/brokerPool.js': 'metadataExpireAt',
  'network/requestQueue/index.js': 'throttledUntil',
  'network/requestQueue/socketRequest.js': 'sentAt',
} as const;

replaceModule('consumer/batch.js', Batch, { before: 'consumer/consumerGroup.js' });
replaceModule('consumer/workerQueue.js', createWorkerQueue, { before: 'consumer/fetchManager.js' });
replaceModule('consumer/fetcher.js', createFetcher, { before: 'consumer/fetchManager.js' });
replaceModule('protocol/requests/fetch/v4/decodeMessages.js', decodeRecordBatches, {
  before: 'protocol/requests/fetch/v4/response.js',
});
replaceModule('protocol/request.js', createRequest, { before: 'network/connection.js' });
for (const [file, field] of Object.entries(TIMES)) followClock(prototypeOf(file), field);
replaceMethods('network/requestQueue/index.js', () => ({
  scheduleCheckPendingRequests(this: RequestQueueState) {
    scheduleCheck(this);
  },
}));
replaceMethods('consumer/offsetManager/index.js', () => ({
  setDefaultOffset(this: OffsetManagerState, at: { topic: string; partition: number }) {
    return moveToDefaultOffset(this, at);
  },
}));
replaceMethods('consumer/consumerGroup.js', (original) => {
  const rejoining = rejoinAfterLostTopic(original as ConsumerGroupState);
  return {
    ...rejoining,
    ...fetchBesideWork({
      ...(original as FetchingGroup),
      ...rejoining,
      ...tellGeneration(original as JoiningGroup),
    } as FetchingGroup),
  };
});
replaceMethods('consumer/runner.js', (original) => runBesideFetches(original as BatchRunner));
replaceMethods('cluster/index.js', (original) => ({
  findGroupCoordinatorMetadata: rememberCoordinators((original as ClusterState).findGroupCoordinatorMetadata),
  ...askNewLeaders(original as LeaderState),
  ...refuseNoMetadata(original as MetadataSource),
}));

explainRefusals(
  (require('kafkajs/src/protocol/error.js') as { readonly errorCodes: readonly ErrorCode[] }).errorCodes,
);

/** Replaces the function that a module of kafkajs is, before the one that imports it has loaded. */
function replaceModule(file: string, ours: object, { before }: { readonly before: string }): void {
  const path = `kafkajs/src/${file}`;
  require(path);
  const original = require.cache[require.resolve(path)];
  if (original === undefined)
    throw new Error(`kafkajs has no module ${file}: is it another version than 2.2.4?`);
  if (isOurs(original.exports)) return;
  if (require.cache[require.resolve(`kafkajs/src/${before}`)] !== undefined) {
    throw new Error(
      'kafkajs was imported before its fixes: import runtime/kafka/client.ts instead of kafkajs',
    );
  }
  original.exports = Object.assign(ours, { [OURS]: true });
}

/** Replaces methods of one of kafkajs's classes by those that `change` makes of its own. */
function replaceMethods(file: string, change: (original: object) => object): void {
  const prototype = prototypeOf(file);
  if (OURS in prototype) return;
  const methods = change(methodsOf(prototype));
  for (const name of Object.keys(methods)) {
    if (!(name in prototype))
      throw new Error(`kafkajs's ${file} has no ${name}: is it another version than 2.2.4?`);
  }
  Object.assign(prototype, methods, { [OURS]: true });
}

function prototypeOf(file: string): object {
  return (require(`kafkajs/src/${file}`) as { readonly prototype: object }).prototype;
}

/** As they are before they are replaced. */
function methodsOf(prototype: object): object {
  const names = Object.getOwnPropertyNames(prototype);
  return Object.fromEntries(names.map((name) => [name, Reflect.get(prototype, name)]));
}

function isOurs(candidate: unknown): boolean {
  return typeof candidate === 'function' && OURS in candidate;
}
