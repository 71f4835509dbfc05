import { type Spread, spreadOf } from '../spread.ts';
import type { DrainedShape } from './drain-shape.ts';
import type { MeasuredAxis, MeasuredPoint } from './measure-growth.ts';
import type { AxisName } from './shape.ts';

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
