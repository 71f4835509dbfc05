import type { EachBatchPayload } from 'kafkajs';
import { type ChunkSizer, createChunkSizer } from '../../chunk-sizer.ts';
import { toRecords } from '../kafkajs-records.ts';
import type { PartitionControl } from '../partition-control.ts';
import { countOf, type PackedRecords } from '../packed-records.ts';
import type { FetchedRecord } from '../record.ts';
import type { GroupMember } from '../transactions/transactional-writer.ts';
import { OwnedPartition, type PartitionContext } from './owned-partition.ts';
import { SharedTransactions } from './shared-transactions.ts';
import type { ExactlyOnceOptions, Transformed } from './types.ts';

const DEFAULT_MAX_BATCH_RECORDS = 4_000;
/** Before it is known how long a record takes: a slow model's first batch is not to hold up a rollback. */
const FIRST_BATCH_RECORDS = 500;
/** How long a transform is to take at most: until it ends, what was decided meanwhile is not heeded. */
const TRANSFORM_TARGET_MS = 1_000;
/** Well past every retry of a commit. While one partition hangs the others go on, heartbeats too: nobody else sees it. */
const HANGS_AFTER_MS = 120_000;
/** Of a backlog come so many: their transactions cost little beside them, and wait for no other partition. */
const LARGE_BATCH_RECORDS = 256;

interface LoopSettings {
  readonly heartbeatIntervalMs: number;
  readonly onFatal: (error: Error) => void;
  /** All records before `nextOffset` are committed. */
  readonly onPassed: (partition: number, nextOffset: number) => void;
}

/** The broker loop: the only thing that acquires, commits, doubts or lets go of a partition. */
export class PartitionLoop<Output extends string> {
  readonly #options: ExactlyOnceOptions<Output>;
  readonly #context: PartitionContext;
  readonly #control: PartitionControl;
  readonly #heartbeatIntervalMs: number;
  readonly #onFatal: (error: Error) => void;
  readonly #onPassed: (partition: number, nextOffset: number) => void;
  readonly #batchSize: ChunkSizer;
  readonly #owned = new Map<number, OwnedPartition>();
  readonly #shared = new SharedTransactions();
  readonly #toldFailures = new WeakSet<Error>();
  /** Counts the joins of the group: ownership taken in an earlier one has to be taken again. */
  #epoch = 0;
  /** In the latest of them. */
  #member: GroupMember | undefined;

  constructor(
    options: ExactlyOnceOptions<Output>,
    context: PartitionContext,
    control: PartitionControl,
    { heartbeatIntervalMs, onFatal, onPassed }: LoopSettings,
  ) {
    this.#options = options;
    this.#context = context;
    this.#control = control;
    this.#heartbeatIntervalMs = heartbeatIntervalMs;
    this.#onFatal = onFatal;
    this.#onPassed = onPassed;
    this.#batchSize = createChunkSizer({
      targetMs: TRANSFORM_TARGET_MS,
      first: FIRST_BATCH_RECORDS,
      most: options.maxBatchRecords ?? DEFAULT_MAX_BATCH_RECORDS,
    });
  }

  /** Called synchronously from kafkajs's join, which doesn't await listeners: no more than a note is taken. */
  joined(partitions: readonly number[], member: GroupMember): void {
    this.#epoch += 1;
    this.#member = member;
    for (const [partition, owned] of this.#owned) {
      if (partitions.includes(partition)) continue;
      owned.doubt();
      this.#owned.delete(partition);
    }
    for (const partition of partitions) {
      if (!this.#owned.has(partition))
        this.#owned.set(partition, new OwnedPartition(this.#context, partition));
    }
    // A pause survives a rebalance: what we get now, we resume.
    this.#control.resumeAll(partitions);
    this.#options.events.joined(partitions);
  }

  /** One fetched batch of one partition. Throws only what kafkajs must see: what a heartbeat answered. */
  async run(payload: EachBatchPayload): Promise<void> {
    const { partition } = payload.batch;
    const owned = this.#owned.get(partition);
    // Fetched before a join that gave the partition to another member: to acquire it would fence its owner.
    if (owned === undefined) return;
    try {
      await this.#process(owned, payload);
    } catch (error) {
      owned.doubt();
      if (error instanceof HeartbeatFailed) throw error.cause;
      if (error instanceof TransformFailed || error instanceof Hangs)
        return this.#stopForGood(partition, error);
      const failure = error instanceof Error ? error : new Error(String(error));
      // One transaction of several partitions fails for each of them.
      if (!this.#toldFailures.has(failure)) this.#options.events.transactionFailed(partition, failure);
      this.#toldFailures.add(failure);
      // Given to another member meanwhile: whoever gets it back begins without a pause of ours.
      if (this.#owned.get(partition) !== owned) return;
      // At least one heartbeat passes before the partition is tried again: a process that has lost it (it was
      // stopped, say) learns so from the coordinator first and doesn't fence the rightful owner.
      this.#control.pause(partition, `a transaction failed: ${failure.message}`, this.#heartbeatIntervalMs);
    } finally {
      // Let go while it was being acquired.
      if (this.#owned.get(partition) !== owned) owned.doubt();
    }
  }

  async #process(owned: OwnedPartition, payload: EachBatchPayload): Promise<void> {
    const { batch } = payload;
    const epoch = this.#epoch;
    // kafkajs knows where it fetched from, its types don't say so.
    const fetchedOffset = Number((batch as typeof batch & { readonly fetchedOffset: string }).fetchedOffset);
    if (!owned.isAcquiredIn(epoch) || fetchedOffset < owned.position) {
      await beat(payload);
      await this.#beating(payload, owned.acquire(epoch));
      if (this.#seekIfElsewhere(owned, fetchedOffset, Number(batch.lastOffset()))) return;
    }
    await within(HANGS_AFTER_MS, owned.checkGap(fetchedOffset), 'looking for a gap');
    const records = toRecords(batch.messages, owned.position);
    for (const chunk of chunksOf(records, this.#batchSize)) {
      const done = await this.#processChunk(owned, epoch, chunk, payload);
      if (!done) return;
      // Joined anew meanwhile: where to fetch is for the new assignment to say.
      if (epoch !== this.#epoch) return;
      payload.resolveOffset(String(lastOffsetOf(chunk)));
      this.#onPassed(owned.partition, owned.position);
      // Told to stop: the rest is fetched again, by whoever comes next.
      if (!payload.isRunning()) return;
      await beat(payload);
    }
    if (epoch !== this.#epoch) return;
    if (records.length === 0) payload.resolveOffset(batch.lastOffset());
    owned.passed(Number(batch.lastOffset()));
    this.#onPassed(owned.partition, Number(batch.lastOffset()) + 1);
  }

  /**
   * What may take long (brokers, what `onFenced` waits for, a slow model) is kept alive by heartbeats, one of which can
   * end the wait for it.
   */
  async #beating<T>(payload: EachBatchPayload, work: Promise<T>): Promise<T> {
    const { promise: lost, reject } = Promise.withResolvers<never>();
    const timer = setInterval(() => void beat(payload).catch(reject), this.#heartbeatIntervalMs);
    try {
      return await Promise.race([work, lost]);
    } finally {
      clearInterval(timer);
    }
  }

  /**
   * Nothing that may be expected is thrown by a transform: this is a bug, and a bug never becomes a dead letter. What
   * hangs is the client: another process may do better.
   */
  #stopForGood(partition: number, error: Error): void {
    this.#control.pause(partition, error.message);
    this.#onFatal(new Error(`partition ${partition}: ${error.message}`, { cause: error.cause }));
  }

  /** The fetch began above the position, or ended below it: kafkajs is sent to the position and fetches again. */
  #seekIfElsewhere(owned: OwnedPartition, fetchedOffset: number, lastOffset: number): boolean {
    if (fetchedOffset <= owned.position && owned.position <= lastOffset + 1) return false;
    this.#control.seek(owned.partition, owned.position);
    return true;
  }

  async #processChunk(
    owned: OwnedPartition,
    epoch: number,
    records: readonly FetchedRecord[],
    payload: EachBatchPayload,
  ): Promise<boolean> {
    const { events } = this.#options;
    const { partition } = owned;
    const member = this.#member;
    if (member === undefined) throw new Error('the group has not been joined');
    const shared = records.length < LARGE_BATCH_RECORDS ? this.#shared : undefined;
    const transforming = this.#beating(payload, this.#transform(partition, records));
    const transformed = await (shared?.expect(transforming) ?? transforming);
    if (transformed.fate === 'unavailable') {
      this.#control.pause(partition, transformed.reason);
      return false;
    }
    // The group may have been joined anew meanwhile (another broker's fetch does that): then this is not ours.
    const isCurrent = (): boolean => owned.isAcquiredIn(epoch) && epoch === this.#epoch;
    if (!isCurrent()) return false;
    const terms = { member, shared, read: records.length, isCurrent };
    const committing = owned.commit(this.#toTopics(transformed), lastOffsetOf(records) + 1, terms);
    if (!(await within(HANGS_AFTER_MS, committing, 'a commit'))) return false;
    transformed.onCommitted?.();
    events.batchCommitted(partition, records.length);
    this.#control.succeeded(partition);
    return true;
  }

  async #transform(partition: number, records: readonly FetchedRecord[]): Promise<Transformed<Output>> {
    const { topic, transform } = this.#options;
    const begun = performance.now();
    try {
      const transformed = await transform({ topic, partition, records });
      this.#batchSize.took(records.length, performance.now() - begun);
      return transformed;
    } catch (error) {
      throw new TransformFailed('transforming a batch failed', { cause: error });
    }
  }

  #toTopics(transformed: Transformed<Output> & { fate: 'done' }): Map<string, PackedRecords> {
    const byTopic = new Map<string, PackedRecords>();
    for (const name of Object.keys(this.#options.outputs) as Output[]) {
      const records = transformed.outputs[name];
      if (countOf(records) > 0) byTopic.set(this.#options.outputs[name], records);
    }
    return byTopic;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#owned.values()].map((owned) => owned.close()));
  }
}

function lastOffsetOf(records: readonly FetchedRecord[]): number {
  const last = records.at(-1);
  if (last === undefined) throw new Error('an empty chunk has no last offset');
  return last.offset;
}

function* chunksOf(
  records: readonly FetchedRecord[],
  sizer: ChunkSizer,
): Generator<readonly FetchedRecord[]> {
  for (let from = 0; from < records.length;) {
    const chunk = records.slice(from, from + sizer.size());
    yield chunk;
    from += chunk.length;
  }
}

/** The coordinator's answer to a heartbeat (the group rebalances, this member is unknown): kafkajs then joins anew. */
class HeartbeatFailed extends Error {}

class TransformFailed extends Error {}

/** Every request has a time-out: what takes so long waits for none. */
class Hangs extends Error {}

async function within<T>(limitMs: number, work: Promise<T>, what: string): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Hangs(`${what} took over ${limitMs / 1_000} s`)), limitMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}

async function beat(payload: EachBatchPayload): Promise<void> {
  try {
    await payload.heartbeat();
  } catch (error) {
    throw new HeartbeatFailed('heartbeat failed', { cause: error });
  }
}
