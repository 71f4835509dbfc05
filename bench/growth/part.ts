import { type Bench, definePart } from '../part.ts';
import { count, type Row } from '../table.ts';
import { type Growth, type MeasuredAxis, measureGrowth } from './measure-growth.ts';
import type { SteadyCost } from './steady.ts';
import { AXIS_TITLES, summarizeAxis } from './summary.ts';

/** Tables and plots of it: plot.ts. */
export const growthPart = definePart<Growth>({
  measure: measureOnStack,
  describe: ({ axes, steady }) => [...axes.flatMap(describeAxis), ...steady.map(describeSteady)],
});

async function measureOnStack({ stack, options, logFolder, log }: Bench): Promise<Growth> {
  const { kafka: brokerPid } = stack.pids;
  if (brokerPid === undefined)
    throw new Error('growth is measured on a broker of the bench: unset KAFKA_BROKERS');
  return measureGrowth({ env: stack.env, brokerPid, logFolder }, { ...options, log });
}

function describeAxis(axis: MeasuredAxis): Row[] {
  const { title, unit } = AXIS_TITLES[axis.name];
  return summarizeAxis(axis).map(({ value, figures }): Row => {
    const { leadsPerSecond, scorerUs, peakMb, firstScoreMs } = figures;
    const rest = `${scorerUs.median.toFixed(1)} µs a lead, ${count(peakMb.median)} MB, first score ${(firstScoreMs.median / 1_000).toFixed(1)} s`;
    return [`${title}: ${count(value)} ${unit}`, `${count(leadsPerSecond.median)} leads/s`, rest];
  });
}

function describeSteady({ rate, seconds, leads, transactions, scorerCpuSeconds }: SteadyCost): Row {
  const percent = `${((100 * scorerCpuSeconds) / seconds).toFixed(1)} % of a core`;
  return [
    `steady: ${count(rate)} leads/s`,
    percent,
    `${count(leads)} leads, ${count(transactions)} transactions`,
  ];
}
