import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advanceWatermark,
  AHEAD_TOLERANCE_MS,
  assignPartitions,
  isAheadOfRecord,
  NO_WATERMARK,
  observeBatch,
  type WatermarkState,
} from './watermark.ts';

const IDLE_AFTER_MS = 30_000;
const at = (state: WatermarkState, nowMs: number) =>
  advanceWatermark(state, nowMs, IDLE_AFTER_MS).watermarkMs;

describe('the watermark', () => {
  it('knows nothing until every partition has spoken', () => {
    const assigned = assignPartitions(NO_WATERMARK, [0, 1], 0);
    expect(at(observeBatch(assigned, 0, 5_000, 10), 20)).toBe(-Infinity);
  });

  it('is the slowest partition’s latest event time', () => {
    const state = observeBatch(
      observeBatch(assignPartitions(NO_WATERMARK, [0, 1], 0), 0, 5_000, 10),
      1,
      3_000,
      10,
    );
    expect(at(state, 20)).toBe(3_000);
    expect(at(observeBatch(state, 1, 4_000, 15), 20)).toBe(4_000);
    expect(at(observeBatch(state, 1, 9_000, 15), 20)).toBe(5_000);
  });

  it('isn’t held back by a partition that has been idle', () => {
    const state = observeBatch(assignPartitions(NO_WATERMARK, [0, 1], 0), 0, 5_000, 29_999);
    expect(at(state, 29_999)).toBe(-Infinity);
    expect(at(state, 30_000)).toBe(5_000);
  });

  it('is held back by a partition that is behind but being read', () => {
    const state = observeBatch(assignPartitions(NO_WATERMARK, [0, 1], 0), 0, 5_000, 29_999);
    expect(at(observeBatch(state, 1, -Infinity, 29_000), 31_000)).toBe(-Infinity);
  });

  it('is the latest event time of any once all are idle, so that the last windows close', () => {
    const state = observeBatch(observeBatch(NO_WATERMARK, 0, 5_000, 0), 1, 3_000, 0);
    expect(at(state, 60_000)).toBe(5_000);
  });

  it('forgets partitions that were lost and keeps those that stay', () => {
    const state = observeBatch(observeBatch(NO_WATERMARK, 0, 5_000, 0), 1, 3_000, 0);
    expect(at(assignPartitions(state, [0], 5), 10)).toBe(5_000);
  });

  it('never falls, whatever comes', () => {
    const step = fc.record({
      partition: fc.nat(3),
      eventMs: fc.nat(100_000),
      waitMs: fc.nat(40_000),
      reassign: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(step), (steps) => {
        let state = NO_WATERMARK;
        let nowMs = 0;
        for (const { partition, eventMs, waitMs, reassign } of steps) {
          nowMs += waitMs;
          if (reassign) state = assignPartitions(state, [partition, partition + 1], nowMs);
          const next = advanceWatermark(observeBatch(state, partition, eventMs, nowMs), nowMs, IDLE_AFTER_MS);
          expect(next.watermarkMs).toBeGreaterThanOrEqual(state.watermarkMs);
          state = next;
        }
      }),
    );
  });
});

it('an event from after its own record is ahead, one from the past isn’t', () => {
  expect(isAheadOfRecord(1_000 + AHEAD_TOLERANCE_MS, 1_000)).toBe(false);
  expect(isAheadOfRecord(1_001 + AHEAD_TOLERANCE_MS, 1_000)).toBe(true);
  expect(isAheadOfRecord(Date.UTC(2008, 5), Date.UTC(2025, 5))).toBe(false);
});
