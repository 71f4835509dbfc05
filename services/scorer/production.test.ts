import type { ModelSlot } from '@scoreline/pipeline/model-slot.ts';
import type { RegistryProjection } from '@scoreline/runtime/registry/projection.ts';
import { EMPTY_REGISTRY } from '@scoreline/core/registry/state.ts';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { followProduction } from './production.ts';

const never = new Promise<never>(() => {});

function createSlot(settled: Promise<void>): ModelSlot {
  return {
    current: () => undefined,
    want: () => undefined,
    settled: () => settled,
    problem: () => undefined,
    close: () => Promise.resolve(),
  };
}

function createProjection(caughtUp: Promise<void>): RegistryProjection {
  return {
    start: () => Promise.resolve(),
    state: () => EMPTY_REGISTRY,
    untilCaughtUp: () => caughtUp,
    onChange: () => () => undefined,
    onVerdict: () => () => undefined,
    notReady: () => undefined,
    failed: never,
    close: () => Promise.resolve(),
  };
}

/** True once `catchUp` has resolved. */
function catchUp(slot: Promise<void>, projection: Promise<void>): { done: boolean } {
  const outcome = { done: false };
  const production = followProduction(createSlot(slot), createProjection(projection));
  void production.catchUp().then(() => (outcome.done = true));
  return outcome;
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('catching up', () => {
  it('waits for the decisions, then for the version that they come to', async () => {
    const decisions = Promise.withResolvers<void>();
    const loading = Promise.withResolvers<void>();
    const outcome = catchUp(loading.promise, decisions.promise);
    await vi.advanceTimersByTimeAsync(9_000);
    expect(outcome.done).toBe(false);
    decisions.resolve();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(outcome.done).toBe(false);
    loading.resolve();
    await vi.advanceTimersByTimeAsync(0);
    expect(outcome.done).toBe(true);
  });

  it('leaves a version that is long in coming to load beside the one that scores', async () => {
    const outcome = catchUp(never, Promise.resolve());
    await vi.advanceTimersByTimeAsync(2_000);
    expect(outcome.done).toBe(true);
  });
});
