import { describeTable } from '../../detect/table.ts';
import { isBusy, type Machine } from '../../machine.ts';
import { count } from '../../table.ts';
import { formatSpread } from '../../spread.ts';
import type { Growth, MeasuredAxis } from '../measure-growth.ts';
import type { SteadyCost } from '../steady.ts';
import { AXIS_TITLES, type PointSummary, summarizeAxis } from '../summary.ts';

/** Of which run the figures are, in one paragraph. */
export function describeRun({ at, quick, axes }: Growth, machine: Machine): string {
  const { cores, cpu, memoryGb, system, node, kafka, busyCores } = machine;
  const rounds = Math.max(...axes.flatMap(({ points }) => points.map(({ runs }) => runs.length)));
  const times =
    rounds === 1 ? 'each point once' : `each point ${rounds} times: the median, the least and the most`;
  const busy = isBusy(machine)
    ? ` **The machine was busy (${busyCores.toFixed(1)} cores at work before the run): rates come out far too low, starts far too late and CPU somewhat too high; memory is usable.**`
    : '';
  const small = quick
    ? ' A quick run: a fifth of the leads, so that the first seconds, when code is not compiled yet, weigh more.'
    : '';
  return `Of a run on ${at.slice(0, 10)}, ${times}; ${cores} cores (${cpu}), ${memoryGb} GB, ${system}; Node ${node}, Kafka ${kafka}, one broker on the same machine.${small}${busy}`;
}

/** An axis's table, and below it how its last point compares with its first. */
export function describeAxis(axis: MeasuredAxis): string {
  const { unit } = AXIS_TITLES[axis.name];
  const points = summarizeAxis(axis);
  const table = describeTable(
    [
      unit,
      'leads/s',
      'scorer, µs a lead',
      'broker, µs a lead',
      'leads a transaction',
      'peak memory, MB',
      'first score, s',
    ],
    points.map(({ value, figures }) => [
      count(value),
      formatSpread(figures.leadsPerSecond, count),
      formatSpread(figures.scorerUs, fixed(1)),
      formatSpread(figures.brokerUs, fixed(1)),
      formatSpread(figures.leadsPerTransaction, count),
      formatSpread(figures.peakMb, count),
      formatSpread(figures.firstScoreMs, (ms) => (ms / 1_000).toFixed(1)),
    ]),
  );
  return `${table}\n\n${compareEnds(points, unit)}`;
}

/** CPU at steady rates. */
export function describeSteady(steady: readonly SteadyCost[]): string {
  return describeTable(
    ['leads/s asked for', 'came', 'leads a transaction', 'scorer, % of a core', 'broker, % of a core'],
    steady.map(({ rate, seconds, leads, transactions, scorerCpuSeconds, brokerCpuSeconds }) => [
      count(rate),
      count(leads / seconds),
      transactions === 0 ? '' : (leads / transactions).toFixed(1),
      ((100 * scorerCpuSeconds) / seconds).toFixed(1),
      ((100 * brokerCpuSeconds) / seconds).toFixed(1),
    ]),
  );
}

function compareEnds(points: readonly PointSummary[], unit: string): string {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined) return '';
  const ratio = (figure: keyof PointSummary['figures']): string =>
    `× ${(last.figures[figure].median / first.figures[figure].median).toPrecision(2)}`;
  return `From ${count(first.value)} to ${count(last.value)} ${unit}: leads/s ${ratio('leadsPerSecond')}, the scorer's CPU a lead ${ratio('scorerUs')}, the broker's ${ratio('brokerUs')}, memory ${ratio('peakMb')}, start to first score ${ratio('firstScoreMs')}.`;
}

function fixed(digits: number): (value: number) => string {
  return (value) => value.toFixed(digits);
}
