/** A request of Kafka's protocol in one version, its bytes without the header, and how its answer is read. */
export interface Request<Answer> {
  readonly name: string;
  readonly apiKey: number;
  readonly version: number;
  readonly body: Buffer;
  /** Reads the answer's body; throws a BrokerError where the broker refused. */
  readonly read: (body: Buffer) => Answer;
}

/** Kafka's error codes that something is done about here; every other one ends the writer. */
export const CONCURRENT_TRANSACTIONS = 51;

/** A broker's answer that is an error: its code, and what was asked for. */
export class BrokerError extends Error {
  readonly code: number;

  constructor(request: string, code: number, said: string | null = null) {
    super(
      `the broker refused ${request}: ${NAMES.get(code) ?? `error ${code}`}${said === null ? '' : ` (${said})`}`,
    );
    this.code = code;
  }
}

/** Throws where a code is one. */
export function requireNoError(request: string, code: number, said: string | null = null): void {
  if (code !== 0) throw new BrokerError(request, code, said);
}

/** Those that a writer in transactions may meet (Kafka's `Errors.java`). */
const NAMES: ReadonlyMap<number, string> = new Map([
  [3, 'UNKNOWN_TOPIC_OR_PARTITION'],
  [5, 'LEADER_NOT_AVAILABLE'],
  [6, 'NOT_LEADER_OR_FOLLOWER'],
  [7, 'REQUEST_TIMED_OUT'],
  [10, 'MESSAGE_TOO_LARGE'],
  [14, 'COORDINATOR_LOAD_IN_PROGRESS'],
  [15, 'COORDINATOR_NOT_AVAILABLE'],
  [16, 'NOT_COORDINATOR'],
  [19, 'NOT_ENOUGH_REPLICAS'],
  [20, 'NOT_ENOUGH_REPLICAS_AFTER_APPEND'],
  [22, 'ILLEGAL_GENERATION'],
  [25, 'UNKNOWN_MEMBER_ID'],
  [29, 'TOPIC_AUTHORIZATION_FAILED'],
  [30, 'GROUP_AUTHORIZATION_FAILED'],
  [45, 'OUT_OF_ORDER_SEQUENCE_NUMBER'],
  [47, 'INVALID_PRODUCER_EPOCH'],
  [48, 'INVALID_TXN_STATE'],
  [49, 'INVALID_PRODUCER_ID_MAPPING'],
  [51, 'CONCURRENT_TRANSACTIONS'],
  [53, 'TRANSACTIONAL_ID_AUTHORIZATION_FAILED'],
  [56, 'KAFKA_STORAGE_ERROR'],
  [59, 'UNKNOWN_PRODUCER_ID'],
  [89, 'THROTTLING_QUOTA_EXCEEDED'],
  [90, 'PRODUCER_FENCED'],
  [120, 'TRANSACTION_ABORTABLE'],
]);
