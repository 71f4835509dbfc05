import { createRequire } from 'node:module';
import { filterAbortedMessages } from './aborted-messages.ts';
import { type ClusterState, rememberCoordinators } from './coordinators.ts';
import { moveToDefaultOffset, type OffsetManagerState } from './default-offset.ts';
import { rejoinAfterLostTopic, type ConsumerGroupState } from './lost-topic.ts';
import { type ErrorCode, explainRefusals } from './refusals.ts';
import { askNewLeaders, type LeaderState } from './stale-leaders.ts';
import { followClock } from './wall-clock.ts';
import { scheduleCheck, type RequestQueueState } from './request-queue.ts';

/**
 * Puts our versions of parts of kafkajs 2.2.4 in place, in the process and not on disk: no install step can
 * miss it, and an upgrade that moves the parts fails here, at start. Import it before kafkajs.
 */
const require = createRequire(import.meta.url);
const FILTER = 'kafkajs/src/consumer/filterAbortedMessages.js';
const BATCH = 'kafkajs/src/consumer/batch.js';
/** Tells our parts from kafkajs's when the module is evaluated again (test runners do). */
const OURS = Symbol.for('scoreline.kafka.fix');

/** What counts time: the last heartbeat, the age of what is known of leaders, requests' time-outs. */
const TIMES = {
  'consumer/consumerGroup.js': 'lastRequest',
  'cluster/brokerPool.js': 'metadataExpireAt',
  'network/requestQueue/index.js': 'throttledUntil',
  'network/requestQueue/socketRequest.js': 'sentAt',
} as const;

replaceFilter();
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
replaceMethods('consumer/consumerGroup.js', (original) =>
  rejoinAfterLostTopic(original as ConsumerGroupState),
);
replaceMethods('cluster/index.js', (original) => ({
  findGroupCoordinatorMetadata: rememberCoordinators((original as ClusterState).findGroupCoordinatorMetadata),
  ...askNewLeaders(original as LeaderState),
}));

explainRefusals(
  (require('kafkajs/src/protocol/error.js') as { readonly errorCodes: readonly ErrorCode[] }).errorCodes,
);

function replaceFilter(): void {
  require(FILTER);
  const filterModule = require.cache[require.resolve(FILTER)];
  if (filterModule === undefined)
    throw new Error(`kafkajs has no module ${FILTER}: is it another version than 2.2.4?`);
  if (isOurs(filterModule.exports)) return;
  if (require.cache[require.resolve(BATCH)] !== undefined) {
    throw new Error(
      'kafkajs was imported before its fixes: import runtime/kafka/client.ts instead of kafkajs',
    );
  }
  filterModule.exports = Object.assign(filterAbortedMessages, { [OURS]: true });
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
