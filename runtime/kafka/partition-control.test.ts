import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { createPartitionControl } from './partition-control.ts';

function setUp() {
  const paused = new Set<number>();
  const seeks: string[] = [];
  const pauses: string[] = [];
  const consumer = {
    pause: (topics: { partitions?: number[] }[]) => topics[0]?.partitions?.forEach((p) => paused.add(p)),
    resume: (topics: { partitions?: number[] }[]) => topics[0]?.partitions?.forEach((p) => paused.delete(p)),
    seek: ({ partition, offset }: { partition: number; offset: string }) =>
      void seeks.push(`${partition}@${offset}`),
  };
  const control = createPartitionControl(consumer, 'leads', (p, reason) => pauses.push(`${p}: ${reason}`));
  return { consumer, control, paused, seeks, pauses };
}

describe('createPartitionControl', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('pauses with a reason and resumes by itself', () => {
    const { control, paused, pauses } = setUp();
    control.pause(3, 'the registry is away');
    expect(paused).toEqual(new Set([3]));
    expect(pauses).toEqual(['3: the registry is away']);
    vi.advanceTimersByTime(250);
    expect(paused).toEqual(new Set());
  });

  it('waits twice as long each time, up to 5 s, and begins anew after a success', () => {
    const { control, paused } = setUp();
    const waits = [250, 500, 1_000, 2_000, 4_000, 5_000, 5_000];
    for (const waitMs of waits) {
      control.pause(0, 'away');
      vi.advanceTimersByTime(waitMs - 1);
      expect(paused.has(0)).toBe(true);
      vi.advanceTimersByTime(1);
      expect(paused.has(0)).toBe(false);
    }
    control.succeeded(0);
    control.pause(0, 'away');
    vi.advanceTimersByTime(250);
    expect(paused.has(0)).toBe(false);
  });

  it('waits at least as long as it is told', () => {
    const { control, paused } = setUp();
    control.pause(0, 'a transaction failed', 1_000);
    vi.advanceTimersByTime(999);
    expect(paused.has(0)).toBe(true);
    vi.advanceTimersByTime(1);
    expect(paused.has(0)).toBe(false);
  });

  it('keeps a reason while the partition is tried again, until it succeeds', () => {
    const { control } = setUp();
    control.pause(1, 'the registry is away');
    vi.advanceTimersByTime(5_000);
    expect([...control.reasons()]).toEqual([[1, 'the registry is away']]);
    control.succeeded(1);
    expect(control.reasons().size).toBe(0);
  });

  it('forgets a reason that nothing renews: there was no more to read', () => {
    const { control } = setUp();
    control.pause(1, 'a transaction failed');
    vi.advanceTimersByTime(250 + 15_000);
    expect(control.reasons().size).toBe(0);
  });

  it('resumes what a rebalance gave and forgets why others stood still', () => {
    const { control, paused } = setUp();
    control.pause(1, 'away');
    control.pause(2, 'away');
    control.resumeAll([2]);
    expect(paused.has(2)).toBe(false);
    expect([...control.reasons().keys()]).toEqual([2]);
  });

  it('seeks', () => {
    const { control, seeks } = setUp();
    control.seek(4, 17);
    expect(seeks).toEqual(['4@17']);
  });

  it('survives a consumer that has no group to resume in, as one that restarts', () => {
    const { consumer, control } = setUp();
    consumer.resume = () => {
      throw new Error('Consumer group was not initialized');
    };
    control.pause(0, 'away');
    expect(() => vi.advanceTimersByTime(250)).not.toThrow();
  });

  it('leaves no timer behind once closed, not even for a batch that fails after that', () => {
    const { control } = setUp();
    control.pause(0, 'away');
    control.close();
    control.pause(1, 'failed while stopping');
    expect(vi.getTimerCount()).toBe(0);
  });
});
