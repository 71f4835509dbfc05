import type { MeasuredAxis } from '../measure-growth.ts';
import { AXIS_TITLES, type PointSummary, summarizeAxis } from '../summary.ts';
import { drawPanels, type Line } from './chart.ts';

/** An axis's plot: rate, CPU, memory and start over what grows. */
export function plotAxis(axis: MeasuredAxis): string {
  const { title, unit } = AXIS_TITLES[axis.name];
  const points = summarizeAxis(axis);
  return drawPanels(`${title}: leads a second, CPU, memory and start, by ${unit}`, unit, [
    { title: 'Leads drained a second', lines: [lineOf(points, 'leadsPerSecond')] },
    {
      title: 'CPU, µs a lead',
      lines: [lineOf(points, 'scorerUs', 'scorer'), lineOf(points, 'brokerUs', 'broker')],
    },
    { title: 'Peak memory of a scorer, MB', lines: [lineOf(points, 'peakMb')] },
    { title: 'Start to first score, ms', lines: [lineOf(points, 'firstScoreMs')] },
  ]);
}

function lineOf(points: readonly PointSummary[], figure: keyof PointSummary['figures'], name = ''): Line {
  return { name, points: points.map(({ value, figures }) => ({ x: value, y: figures[figure] })) };
}
