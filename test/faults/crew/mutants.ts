import type { Wrong } from '../judge/wrong.ts';

/** A text of one file, and what stands there instead. */
export interface Mutation {
  /** From the repository's root. */
  readonly file: string;
  readonly text: string;
  readonly by: string;
}

/** A fault of the product, made on purpose, and the faults of the world that bring it to light. */
export interface Mutant {
  readonly mutations: readonly Mutation[];
  readonly faults: readonly string[];
  /** It is found out by any of these, and by nothing else. */
  readonly knownBy: readonly Wrong[];
}

const OWNED = 'runtime/kafka/exactly-once/owned-partition.ts';
const LOOP = 'runtime/kafka/exactly-once/partition-loop.ts';
const WRITER = 'runtime/kafka/transactions/epoch-writer.ts';
const READER = 'runtime/kafka/read-batches.ts';
const CLOSING = 'services/drift/windows/close-together.ts';
const FETCHED = 'runtime/kafka/fixes/batch.ts';

/** What a port of this protocol to kafkajs is likely to get wrong: a harness that can't see these proves nothing. */
export const MUTANTS = {
  /** Whoever takes a partition trusts where the fetch stands, not what is committed. */
  'offsets-not-read-again': {
    mutations: [
      { file: LOOP, text: 'owned.acquire(epoch)', by: 'owned.acquire(epoch, fetchedOffset)' },
      { file: OWNED, text: 'async acquire(epoch: number)', by: 'async acquire(epoch: number, fetched = 0)' },
      {
        file: OWNED,
        text: 'const committed = await readCommitted(partition).catch((error) => this.#settleOthers(error));',
        by: 'const committed = fetched;',
      },
    ],
    faults: ['answers to commits lost', 'connections flap'],
    knownBy: ['duplicates', 'lost'],
  },
  /** A producer whose transaction failed goes on. */
  'producer-used-again': {
    mutations: [
      {
        file: OWNED,
        text: 'this.#producer?.discard();\n    this.#producer = undefined;',
        by: '',
      },
    ],
    faults: ['answers to commits lost', 'connections flap'],
    knownBy: ['duplicates', 'lost', 'outOfOrder', 'hangingTransactions', 'hangs'],
  },
  /** The offset goes first, in a transaction of its own; the scores come after it. */
  'commit-before-send': {
    mutations: [
      {
        file: WRITER,
        text: 'const written = this.write(writes);',
        by: `if (offsets !== undefined) {
        await this.commitOffsets(offsets);
        await this.end('commit');
      }
      const written = this.write(writes);`,
      },
      {
        file: WRITER,
        text: 'const committed = offsets === undefined ? undefined : this.commitOffsets(offsets);',
        by: 'const committed = undefined;',
      },
    ],
    faults: ['scorer ends after send', 'scorer ends after commit', 'scorer killed'],
    knownBy: ['lost'],
  },
  /** Records of aborted transactions are let through. */
  'aborted-read': {
    mutations: [
      {
        file: FETCHED,
        text: 'dropAborted(this.#fetched, data.abortedTransactions)',
        by: 'this.#fetched',
      },
    ],
    faults: ['scorer stands still for a moment'],
    knownBy: ['phantoms'],
  },
  /** Drift commits what it has read before it stands in ClickHouse. */
  'offsets-before-rows': {
    mutations: [
      {
        file: READER,
        text: '    await onBatch({ topic, partition, records }, () => payload.heartbeat());',
        by: `    const read = String(Number(batch.lastOffset()) + 1);
    await payload.commitOffsetsIfNecessary({ topics: [{ topic, partitions: [{ partition, offset: read }] }] });
    await onBatch({ topic, partition, records }, () => payload.heartbeat());`,
      },
    ],
    faults: ['drift ends before rows are inserted', 'both drifts killed at once'],
    knownBy: ['lostRows'],
  },
  /** A window is decided and done before its inputs are counted: a crash in between leaves them out. */
  'marks-done-first': {
    mutations: [
      {
        file: CLOSING,
        text: '  const { evaluated, stored, revised } =',
        by: '  await markDone(deps.database, marks);\n  const { evaluated, stored, revised } =',
      },
    ],
    faults: ['drift ends in the middle of a window', 'ClickHouse killed while a window is computed'],
    knownBy: ['wrongWindows'],
  },
} as const satisfies Readonly<Record<string, Mutant>>;

/** Applies a mutation; throws where its text is no longer there, or stands there twice. */
export function mutate(source: string, { file, text, by }: Mutation): string {
  if (source.split(text).length !== 2) throw new Error(`${file} has not exactly one ${JSON.stringify(text)}`);
  return source.replace(text, () => by);
}
