import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  advanceWatermark,
  AHEAD_TOLERANCE_MS,
  isAheadOfRecord,
  NO_WATERMARK,
  type WatermarkState,
} from './watermark.ts';

const IDLE_AFTER_MS = 30_000;

/** Each partition's largest event time and when it was last active. */
function stateOf(
  ...clocks: readonly (readonly [maxEventTimeMs: number, activeAtMs: number])[]
): WatermarkState {
  const partitions = clocks.map(
    ([maxEventTimeMs, activeAtMs], i) => [i, { maxEventTimeMs, activeAtMs }] as const,
  );
  return { ...NO_WATERMARK, partitions: new Map(partitions) };
}

const at = (state: WatermarkState, nowMs: number) =>
  advanceWatermark(state, nowMs, IDLE_AFTER_MS).watermarkMs;

describe('the watermark', () => {
  it('knows nothing until every partition has spoken', () => {
    expect(at(NO_WATERMARK, 20)).toBe(-Infinity);
    expect(at(stateOf([5_000, 10], [-Infinity, 0]), 20)).toBe(-Infinity);
  });

  it('is the slowest partition’s latest event time', () => {
    expect(at(stateOf([5_000, 10], [3_000, 10]), 20)).toBe(3_000);
    expect(at(stateOf([5_000, 10], [9_000, 15]), 20)).toBe(5_000);
  });

  it('isn’t held back by a partition that has been idle', () => {
    const state = stateOf([5_000, 29_999], [-Infinity, 0]);
    expect(at(state, 29_999)).toBe(-Infinity);
    expect(at(state, 30_000)).toBe(5_000);
  });

  it('is held back by a partition that is behind and not idle', () => {
    expect(at(stateOf([5_000, 29_999], [-Infinity, 29_000]), 31_000)).toBe(-Infinity);
  });

  it('is the latest event time of any once all are idle, so that the last windows close', () => {
    expect(at(stateOf([5_000, 0], [3_000, 0]), 60_000)).toBe(5_000);
  });

  it('never falls, whatever comes', () => {
    const clock = fc.tuple(fc.nat(100_000), fc.nat(100_000));
    fc.assert(
      fc.property(
        fc.array(clock),
        fc.integer({ max: 100_000 }),
        fc.nat(200_000),
        (clocks, watermarkMs, nowMs) => {
          expect(at({ ...stateOf(...clocks), watermarkMs }, nowMs)).toBeGreaterThanOrEqual(watermarkMs);
        },
      ),
    );
  });
});

it('an event from after its own record is ahead, one from the past isn’t', () => {
  expect(isAheadOfRecord(1_000 + AHEAD_TOLERANCE_MS, 1_000)).toBe(false);
  expect(isAheadOfRecord(1_001 + AHEAD_TOLERANCE_MS, 1_000)).toBe(true);
  expect(isAheadOfRecord(Date.UTC(2008, 5), Date.UTC(2025, 5))).toBe(false);
});
