import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { scheduleCheck, type RequestQueueState } from './request-queue.ts';

/** A queue as kafkajs's, as far as its timer is concerned: a check sends what may be sent, or arms the timer again. */
class Queue implements RequestQueueState {
  pending: unknown[] = [];
  throttledUntil = -1;
  throttleCheckTimeoutId: NodeJS.Timeout | null = null;
  free = true;
  checks = 0;

  checkPendingRequests(): void {
    this.checks += 1;
    if (this.free && this.throttledUntil <= Date.now()) this.pending = [];
    scheduleCheck(this);
  }
}

describe('scheduleCheck', () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it('arms no timer for an idle queue', () => {
    const queue = new Queue();
    queue.checkPendingRequests();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sends what waits in a full queue soon after there is room', () => {
    const queue = new Queue();
    queue.pending = ['request'];
    queue.free = false;
    queue.checkPendingRequests();
    vi.advanceTimersByTime(25);
    expect(queue.pending).toEqual(['request']);
    queue.free = true;
    vi.advanceTimersByTime(10);
    expect(queue.pending).toEqual([]);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('sends what waits in a throttled queue when the throttle ends, and looks no sooner', () => {
    const queue = new Queue();
    queue.pending = ['request'];
    queue.throttledUntil = Date.now() + 500;
    queue.checkPendingRequests();
    vi.advanceTimersByTime(499);
    expect(queue).toMatchObject({ pending: ['request'], checks: 1 });
    vi.advanceTimersByTime(1);
    expect(queue).toMatchObject({ pending: [], checks: 2 });
  });

  it('keeps one timer, however often it is asked', () => {
    const queue = new Queue();
    queue.pending = ['request'];
    scheduleCheck(queue);
    scheduleCheck(queue);
    expect(vi.getTimerCount()).toBe(1);
  });
});
