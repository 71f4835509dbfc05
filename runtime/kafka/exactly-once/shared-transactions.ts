import { setImmediate as nextTurn } from 'node:timers/promises';
import type { GroupMember } from '../transactions/transactional-writer.ts';
import type { PartitionCommit, PartitionProducer } from './partition-producer.ts';

/** How long a transaction that could begin waits for batches that are being worked on. */
const GATHER_MS = 2;
/** Between a transaction of several records and the next: more are on their way, and share it. */
const REST_MS = 3;
/** In one transaction: small batches, but a request has to stay below what brokers take (100 MB). */
const MOST_PARTITIONS = 64;

/** A partition's part in the next transaction. */
export interface SharedCommit {
  readonly producer: PartitionProducer;
  readonly commit: PartitionCommit;
  readonly member: GroupMember;
  /** Of records read. */
  readonly records: number;
  /** False once the partition is lost or in doubt: then it has no part any more. */
  isCurrent(): boolean;
}

interface Waiting extends SharedCommit {
  readonly settle: PromiseWithResolvers<boolean>;
}

/**
 * The small batches of all partitions of a process in one transaction at a time: what it costs, on both sides, hardly
 * depends on how many partitions are in it. It is written by the producer of one of them.
 *
 * The producers take turns: a broker that is still writing down the last transaction of one lets the records that open
 * its next wait for 20 ms (`add.partitions.to.txn.retry.backoff.ms`).
 */
export class SharedTransactions {
  readonly #waiting: Waiting[] = [];
  #expected = 0;
  #isRunning = false;
  #latest: PartitionProducer | undefined;
  #restsUntilMs = 0;
  #gathered: (() => void) | undefined;

  /** Work whose commit comes as soon as it is done. */
  async expect<T>(work: Promise<T>): Promise<T> {
    this.#expected += 1;
    try {
      return await work;
    } finally {
      this.#expected -= 1;
      // Its commit comes within this turn of the event loop.
      if (this.#expected === 0) void nextTurn().then(() => this.#gathered?.());
    }
  }

  /**
   * Resolves with true once it is committed, with false where nothing was written because it was no longer current.
   * Throws where the transaction failed: its fate is unknown.
   */
  commit(commit: SharedCommit): Promise<boolean> {
    const settle = Promise.withResolvers<boolean>();
    this.#waiting.push({ ...commit, settle });
    void this.#run();
    return settle.promise;
  }

  async #run(): Promise<void> {
    if (this.#isRunning) return;
    this.#isRunning = true;
    while (this.#waiting.length > 0) {
      await this.#gather();
      await this.#commitTogether(this.#waiting.splice(0, MOST_PARTITIONS));
    }
    this.#isRunning = false;
  }

  async #gather(): Promise<void> {
    const restMs = this.#restsUntilMs - performance.now();
    if (restMs > 0) await new Promise((resolve) => setTimeout(resolve, restMs));
    if (this.#expected === 0) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, GATHER_MS);
    this.#gathered = resolve;
    await promise;
    clearTimeout(timer);
    this.#gathered = undefined;
  }

  /** Never throws: whoever waits is told. */
  async #commitTogether(waiting: readonly Waiting[]): Promise<void> {
    const current = waiting.filter((each) => each.isCurrent());
    for (const each of waiting) if (!current.includes(each)) each.settle.resolve(false);
    const lead = current.find(({ producer }) => producer !== this.#latest) ?? current[0];
    if (lead === undefined) return;
    this.#latest = lead.producer;
    try {
      await lead.producer.commit(
        current.map(({ commit }) => commit),
        lead.member,
      );
      for (const { settle } of current) settle.resolve(true);
    } catch (error) {
      const failure = describeFailure(current, error);
      for (const { settle } of current) settle.reject(failure);
    }
    const records = current.reduce((sum, each) => sum + each.records, 0);
    if (records > 1) this.#restsUntilMs = performance.now() + REST_MS;
  }
}

/** One error for all that were in it: it is one transaction that failed. */
function describeFailure(commits: readonly SharedCommit[], error: unknown): unknown {
  if (commits.length === 1) return error;
  const partitions = commits.map(({ commit }) => commit.partition).join(', ');
  const message = error instanceof Error ? error.message : String(error);
  return new Error(`the transaction of partitions ${partitions}: ${message}`, { cause: error });
}
