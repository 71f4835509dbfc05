import type { DrainedShape } from './drain-shape.ts';
import type { MeasuredAxis, MeasuredPoint } from './measure-growth.ts';
import type { AxisName } from './shape.ts';

/** The median of several runs, and how far they went apart. */
export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** A point of an axis: each figure over its runs. */
export interface PointSummary {
  /** Of what grows. */
  readonly value: number;
  readonly figures: Readonly<Record<keyof DrainedShape, Spread>>;
}

/** What each axis is called, and the unit of its values. */
export const AXIS_TITLES: Readonly<Record<AxisName, { readonly title: string; readonly unit: string }>> = {
  partitions: { title: 'Partitions', unit: 'partitions' },
  features: { title: 'Features', unit: 'features' },
  trees: { title: 'Trees', unit: 'trees' },
  recordBytes: { title: 'Length of records', unit: 'bytes' },
  leads: { title: 'Backlog', unit: 'leads' },
  instances: { title: 'Instances', unit: 'instances' },
};

/** An axis's points in its order. */
export function summarizeAxis({ name, points }: MeasuredAxis): readonly PointSummary[] {
  return points.map(({ shape, runs }) => ({ value: shape[name], figures: summarizeRuns(runs) }));
}

function summarizeRuns(runs: MeasuredPoint['runs']): PointSummary['figures'] {
  const spread = (figure: keyof DrainedShape): Spread => spreadOf(runs.map((run) => run[figure]));
  return {
    leadsPerSecond: spread('leadsPerSecond'),
    scorerUs: spread('scorerUs'),
    brokerUs: spread('brokerUs'),
    brokerWriteUs: spread('brokerWriteUs'),
    peakMb: spread('peakMb'),
    firstScoreMs: spread('firstScoreMs'),
    leadsPerTransaction: spread('leadsPerTransaction'),
    leadBytes: spread('leadBytes'),
    scoreBytes: spread('scoreBytes'),
  };
}

/** Of an even number, the median is the mean of the two in the middle. Throws where there are none. */
export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const [least, most] = [sorted[0], sorted.at(-1)];
  if (least === undefined || most === undefined) throw new RangeError('there is nothing to sum up');
  const middle = (sorted.length - 1) / 2;
  const median = ((sorted[Math.floor(middle)] ?? NaN) + (sorted[Math.ceil(middle)] ?? NaN)) / 2;
  return { median, least, most };
}
