import { createRequire } from 'node:module';
import { filterAbortedMessages } from './aborted-messages.ts';
import { scheduleCheck, type RequestQueueState } from './request-queue.ts';

/**
 * Puts our versions of two parts of kafkajs 2.2.4 in place, in the process and not on disk: no install step can
 * miss it, and an upgrade that moves the parts fails here, at start. Import it before kafkajs.
 */
const require = createRequire(import.meta.url);
const FILTER = 'kafkajs/src/consumer/filterAbortedMessages.js';
const BATCH = 'kafkajs/src/consumer/batch.js';
/** Tells our filter from kafkajs's when the module is evaluated again (test runners do). */
const OURS = Symbol.for('scoreline.kafka.fix');

replaceFilter();
const RequestQueue = require('kafkajs/src/network/requestQueue/index.js') as { readonly prototype: object };
Object.assign(RequestQueue.prototype, {
  scheduleCheckPendingRequests(this: RequestQueueState) {
    scheduleCheck(this);
  },
});

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

function isOurs(candidate: unknown): boolean {
  return typeof candidate === 'function' && OURS in candidate;
}
