import { COST_PER } from '../drain/drain-backlog.ts';
import type { LatencyAtRate } from '../latency/measure-latency.ts';
import { definePart, type Ratios } from '../part.ts';
import { formatSpread, spreadOf } from '../spread.ts';
import { count, milliseconds, type Row } from '../table.ts';
import {
  measureNeighbours,
  type NeighbourFigures,
  type NeighbourRound,
  type NeighboursResult,
} from './measure-neighbours.ts';
import { type NeighbourName, NEIGHBOURS } from './neighbours.ts';

export const neighboursPart = definePart<NeighboursResult>({
  measure: (bench) => {
    const { quick, backlog = quick ? 200_000 : 1_000_000, rounds } = bench.options;
    const { rates, seconds, warmUpSeconds, warmUpLeads } = bench.options;
    const latency = { rates, seconds, warmUpSeconds, warmUpLeads };
    return measureNeighbours(bench, { backlog, rounds, latency });
  },
  describe: ({ backlog, rounds, ended }) => [
    ['neighbours, a backlog of', `${rounds.length} × ${count(backlog)} leads`, ''],
    ...NEIGHBOURS.flatMap((name) => describeNeighbour(name, rounds)),
    ...ended.map((name): Row => [`${name} ended in the middle`, 'started again, measured anew', '']),
  ],
  ratios: ({ rounds }) =>
    Object.assign(
      {},
      ...NEIGHBOURS.map((name) => (name === 'scorer' ? {} : compareWith(name, rounds))),
    ) as Ratios,
});

const PERCENTILES = [
  ['p50', 'p50Ms'],
  ['p95', 'p95Ms'],
  ['p99', 'p99Ms'],
] as const;

function describeNeighbour(name: NeighbourName, rounds: readonly NeighbourRound[]): Row[] {
  const figures = rounds.map((round) => round[name]);
  const tell = (of: (figures: NeighbourFigures) => number, format: (value: number) => string): string =>
    formatSpread(spreadOf(figures.map(of)), format);
  return [
    [`${name}, drained`, `${tell(({ drained }) => drained.perSecond, count)}/s`, ''],
    [
      `  CPU seconds per ${count(COST_PER)}`,
      tell(
        ({ drained }) => drained.cpuSeconds,
        (seconds) => seconds.toFixed(2),
      ),
      '',
    ],
    ...ratesOf(rounds).flatMap(({ rate, at }) =>
      PERCENTILES.map(([percentile, key]): Row => [
        `  ${percentile} at ${count(rate)}/s`,
        tell(({ latencies }) => at(latencies)[key], milliseconds),
        '',
      ]),
    ),
  ];
}

/** Round by round; of each more is better for the scorer, so that costs and latencies are theirs to the scorer's. */
function compareWith(name: NeighbourName, rounds: readonly NeighbourRound[]): Ratios {
  const ratio = (of: (scorer: NeighbourFigures, other: NeighbourFigures) => number) =>
    spreadOf(rounds.map((round) => of(round.scorer, round[name])));
  const latencies = ratesOf(rounds).flatMap(({ rate, at }) =>
    PERCENTILES.map(([percentile, key]) => [
      `${percentile} at ${count(rate)}/s of ${name} to the scorer's`,
      ratio((scorer, other) => at(other.latencies)[key] / at(scorer.latencies)[key]),
    ]),
  );
  return {
    [`scorer to ${name}`]: ratio((scorer, other) => scorer.drained.perSecond / other.drained.perSecond),
    [`CPU of ${name} to the scorer's`]: ratio(
      (scorer, other) => other.drained.cpuSeconds / scorer.drained.cpuSeconds,
    ),
    ...(Object.fromEntries(latencies) as Ratios),
  };
}

interface MeasuredRate {
  readonly rate: number;
  at(latencies: readonly LatencyAtRate[]): LatencyAtRate;
}

function ratesOf([first]: readonly NeighbourRound[]): MeasuredRate[] {
  return (first?.scorer.latencies ?? []).map(({ rate }, index) => ({
    rate,
    at: (latencies) => latencies[index] as LatencyAtRate,
  }));
}
