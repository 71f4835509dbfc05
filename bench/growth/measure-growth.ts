import { type DrainedShape, drainShape } from './drain-shape.ts';
import type { GrowthStack } from './room.ts';
import {
  type Axis,
  type AxisName,
  BASE,
  distinctShapes,
  type GrowthExtent,
  keyOf,
  planAxes,
  type Shape,
} from './shape.ts';
import { measureSteady, type SteadyCost } from './steady.ts';

/** How cost grows, one table an axis, and what a lead and a transaction cost at a steady rate. */
export interface Growth {
  /** When the measuring began, ISO 8601. */
  readonly at: string;
  readonly quick: boolean;
  readonly axes: readonly MeasuredAxis[];
  readonly steady: readonly SteadyCost[];
}

export interface MeasuredAxis {
  readonly name: AxisName;
  readonly points: readonly MeasuredPoint[];
}

/** A shape and its runs, one a round. */
export interface MeasuredPoint {
  readonly shape: Shape;
  readonly runs: readonly DrainedShape[];
}

export interface GrowthOptions extends GrowthExtent {
  readonly axes: readonly AxisName[];
  /** How often each point is measured. */
  readonly rounds: number;
  readonly log: (line: string) => void;
}

const STEADY = { rates: [0, 200, 1_000, 5_000], seconds: 10 };
const STEADY_QUICK = { rates: [0, 200, 1_000], seconds: 4 };

/**
 * Measures every point of the axes, round after round, so that what a machine does for a minute falls on one run of
 * each rather than on all of one.
 */
export async function measureGrowth(stack: GrowthStack, options: GrowthOptions): Promise<Growth> {
  const { quick, rounds, log } = options;
  const at = new Date().toISOString();
  const axes = planAxes(options.axes, options);
  const runs = new Map<string, DrainedShape[]>();
  for (let round = 1; round <= rounds; round += 1) {
    for (const shape of distinctShapes(axes)) {
      log(`growth, round ${round} of ${rounds} … ${describeShape(shape)}`);
      const run = await drainShape(stack, shape);
      runs.set(keyOf(shape), [...(runs.get(keyOf(shape)) ?? []), run]);
    }
  }
  const { rates, seconds } = quick ? STEADY_QUICK : STEADY;
  log(`growth … at ${rates.join(', ')} leads/s, ${seconds} s each`);
  const steady = await measureSteady(stack, BASE, rates, seconds);
  return { at, quick, axes: axes.map((axis) => withRuns(axis, runs)), steady };
}

function withRuns({ name, points }: Axis, runs: ReadonlyMap<string, readonly DrainedShape[]>): MeasuredAxis {
  return { name, points: points.map((shape) => ({ shape, runs: runs.get(keyOf(shape)) ?? [] })) };
}

function describeShape({ partitions, features, trees, recordBytes, leads, instances }: Shape): string {
  return `${leads} leads of ${recordBytes} B, ${features} features, ${trees} trees, ${partitions} partitions, ${instances} instances`;
}
