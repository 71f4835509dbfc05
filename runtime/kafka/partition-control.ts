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

/** @param onPause - called with each pause and its reason. */
export function createPartitionControl(
  consumer: Consumer,
  topic: string,
  onPause: (partition: number, reason: string) => void,
): PartitionControl {
  const reasons = new Map<number, string>();
  const backoffMs = new Map<number, number>();
  const timers = new Map<number, NodeJS.Timeout>();

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
      reasons.set(partition, reason);
      consumer.pause([{ topic, partitions: [partition] }]);
      clearTimeout(timers.get(partition));
      timers.set(partition, setTimeout(resume, waitMs, partition));
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
    reasons: () => reasons,
    close() {
      for (const timer of timers.values()) clearTimeout(timer);
      timers.clear();
    },
  };
}
