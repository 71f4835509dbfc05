import { createRequire } from 'node:module';
import type { ErrorCode } from '../../fixes/refusals.ts';

/** A request's bytes without its header. */
export interface RequestBody {
  /** With the header; may be asked for again, for a request that is repeated. */
  before(header: Uint8Array): Buffer;
}

/** A request of Kafka's protocol in one version, and how its answer is read. */
export interface Request<Answer> {
  readonly name: string;
  readonly apiKey: number;
  readonly version: number;
  readonly body: RequestBody;
  /** Reads the answer's body; throws a BrokerError where the broker refused. */
  readonly read: (body: Buffer) => Answer;
}

/** Kafka's error codes that something is done about here; every other one ends the writer. */
export const CONCURRENT_TRANSACTIONS = 51;
export const TRANSACTIONAL_ID_NOT_FOUND = 105;
/** Offsets of a transaction that hasn't ended yet are pending. */
export const UNSTABLE_OFFSET_COMMIT = 88;
/** The group was joined anew since, and whoever asks isn't a member, or not in that generation. */
export const STRANGER: ReadonlySet<number> = new Set([22, 25, 82]);
/** The coordinator loads what it keeps, or is another one by now. */
export const COORDINATOR_MOVES: ReadonlySet<number> = new Set([14, 15, 16]);

/** A broker's answer that is an error: its code, and what was asked for. */
export class BrokerError extends Error {
  readonly code: number;

  constructor(request: string, code: number, said: string | null = null) {
    super(`the broker refused ${request}: ${nameOf(code)}${said === null ? '' : ` (${said})`}`);
    this.code = code;
  }
}

/** Throws where a code is one. */
export function requireNoError(request: string, code: number, said: string | null = null): void {
  if (code !== 0) throw new BrokerError(request, code, said);
}

/** Those that kafkajs doesn't know yet (Kafka's `Errors.java`). */
const NEWER: Readonly<Record<number, string>> = {
  88: 'UNSTABLE_OFFSET_COMMIT: a transaction with an offset of this partition has not ended yet',
  89: 'THROTTLING_QUOTA_EXCEEDED',
  90: 'PRODUCER_FENCED: another writer of this transactional id was initialised',
  105: 'TRANSACTIONAL_ID_NOT_FOUND',
  120: 'TRANSACTION_ABORTABLE',
};

const require = createRequire(import.meta.url);
const { errorCodes } = require('kafkajs/src/protocol/error.js') as {
  readonly errorCodes: readonly ErrorCode[];
};

function nameOf(code: number): string {
  const known = errorCodes.find((entry) => entry.code === code);
  return known === undefined ? (NEWER[code] ?? `error ${code}`) : `${known.type}: ${known.message}`;
}
