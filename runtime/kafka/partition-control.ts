import type { Consumer } from 'kafkajs';

/** Pausing, resuming and seeking the partitions of one topic, with the reasons for what stands still. */
export interface PartitionControl {
  /** Pauses and resumes by itself: after `minimumMs` at first, then after twice as long each time, up to 5 s. */
  pause(partition: number, reason: string, minimumMs?: number): void;
  /** The partition works again: its back-off begins anew next time. */
  succeeded(partition: number): void;
  resumeAll(partitions: readonly number[]): void;
  seek(partition: number, offset: number): void;
  /** Why partitions stand still now, by partition. */
  reasons(): ReadonlyMap<number, string>;
  close(): void;
}

const FIRST_PAUSE_MS = 250;
const LONGEST_PAUSE_MS = 5_000;
/** A reason that isn't renewed for this long after its pause has gone: nothing was left to read, nothing waits. */
const REASON_LAPSES_MS = 15_000;

/** What of kafkajs's consumer this needs. */
type PausableConsumer = Pick<Consumer, 'pause' | 'resume' | 'seek'>;

interface Reason {
  readonly text: string;
  readonly lapsesAtMs: number;
}

/** @param onPause - called with each pause and its reason. */
export function createPartitionControl(
  consumer: PausableConsumer,
  topic: string,
  onPause: (partition: number, reason: string) => void,
): PartitionControl {
  const reasons = new Map<number, Reason>();
  const backoffMs = new Map<number, number>();
  const timers = new Map<number, NodeJS.Timeout>();
  let closed = false;

  const resume = (partition: number): void => {
    clearTimeout(timers.get(partition));
    timers.delete(partition);
    try {
      consumer.resume([{ topic, partitions: [partition] }]);
    } catch {
      // The consumer is restarting or has stopped, and kafkajs has no group to resume in: a new one pauses nothing.
    }
  };

  return {
    pause(partition, reason, minimumMs = FIRST_PAUSE_MS) {
      const waitMs = Math.min(LONGEST_PAUSE_MS, Math.max(minimumMs, (backoffMs.get(partition) ?? 0) * 2));
      backoffMs.set(partition, waitMs);
      reasons.set(partition, { text: reason, lapsesAtMs: performance.now() + waitMs + REASON_LAPSES_MS });
      consumer.pause([{ topic, partitions: [partition] }]);
      clearTimeout(timers.get(partition));
      // A batch that fails while the consumer stops must not leave a timer behind.
      if (!closed) timers.set(partition, setTimeout(resume, waitMs, partition));
      onPause(partition, reason);
    },
    succeeded(partition) {
      reasons.delete(partition);
      backoffMs.delete(partition);
    },
    resumeAll(partitions) {
      for (const partition of reasons.keys()) if (!partitions.includes(partition)) reasons.delete(partition);
      for (const partition of partitions) resume(partition);
    },
    seek: (partition, offset) => consumer.seek({ topic, partition, offset: String(offset) }),
    reasons() {
      const standing = [...reasons].filter(([, { lapsesAtMs }]) => lapsesAtMs > performance.now());
      return new Map(standing.map(([partition, { text }]) => [partition, text]));
    },
    close() {
      closed = true;
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
