import { definePart, type Ratios } from '../part.ts';
import { formatSpread, spreadOf } from '../spread.ts';
import { count, type Row } from '../table.ts';
import { COST_PER } from './drain-backlog.ts';
import { type DrainResult, type DrainRound, measureDrain } from './measure-drain.ts';

/** What the project holds itself to, on two cores shared with the broker. */
const TARGET_PER_SECOND = 65_000;
const TARGET_CPU_SECONDS = 1.8;

export const drainPart = definePart<DrainResult>({
  measure: (bench) => {
    const { quick, backlog = quick ? 200_000 : 1_000_000, rounds, cpuProfile } = bench.options;
    return measureDrain(bench, { backlog, rounds, cpuProfile });
  },
  describe: describeDrain,
  ratios: ({ rounds }) => rateRatios(rounds),
});

function describeDrain({ backlog, rounds }: DrainResult): Row[] {
  const rate = (what: string, of: (round: DrainRound) => number, target = ''): Row => [
    what,
    `${formatSpread(spreadOf(rounds.map(of)), count)}/s`,
    target,
  ];
  const cost = (what: string, of: (round: DrainRound) => number | undefined, target = ''): Row[] => {
    const known = rounds.map(of).filter((seconds) => seconds !== undefined);
    return known.length === 0 ? [] : [[what, formatSpread(spreadOf(known), decimals), target]];
  };
  return [
    ['a backlog of', `${rounds.length} × ${count(backlog)} leads`, ''],
    rate('drained, exactly once', ({ scorer }) => scorer.perSecond, `≥ ${count(TARGET_PER_SECOND)}/s`),
    rate('  with start-up', ({ scorer }) => scorer.records / scorer.secondsWithStart),
    ...cost('  CPU seconds per 100,000', ({ scorer }) => scorer.cpuSeconds, `≤ ${TARGET_CPU_SECONDS}`),
    ...cost("  the broker's", ({ scorer }) => scorer.brokerCpuSeconds),
    rate('plain copy, kafkajs', ({ plainCopy }) => plainCopy.perSecond),
    ...cost('  CPU seconds per 100,000', ({ plainCopy }) => plainCopy.cpuSeconds),
    rate("copy exactly once, scorer's way", ({ exactCopy }) => exactCopy.perSecond),
    ...cost('  CPU seconds per 100,000', ({ exactCopy }) => exactCopy.cpuSeconds),
    rate("plain copy, Kafka's own client", ({ java }) => java.plain.perSecond),
    rate("copy exactly once, Kafka's own", ({ java }) => java.exactlyOnce.perSecond),
    ...cost('  CPU seconds per 100,000', ({ java }) => java.exactlyOnce.cpuSeconds),
    rate("Kafka's tools, produce", ({ tools }) => tools.produce),
    rate('  in transactions', ({ tools }) => tools.produceInTransactions),
    rate('  consume', ({ tools }) => tools.consume),
    rate('one core, scoring alone', ({ oneCorePerSecond }) => oneCorePerSecond),
  ];
}

/** Round by round, so that what the machine did to both is in neither. */
function rateRatios(rounds: readonly DrainRound[]): Ratios {
  const ratio = (of: (round: DrainRound) => number) => spreadOf(rounds.map(of));
  return {
    'scorer to plain copy, kafkajs': ratio(({ scorer, plainCopy }) => scorer.perSecond / plainCopy.perSecond),
    "scorer to copy exactly once, scorer's way": ratio(
      ({ scorer, exactCopy }) => scorer.perSecond / exactCopy.perSecond,
    ),
    "scorer to copy exactly once, Kafka's own": ratio(
      ({ scorer, java }) => scorer.perSecond / java.exactlyOnce.perSecond,
    ),
    'scorer to one core, scoring alone': ratio(
      ({ scorer, oneCorePerSecond }) => scorer.perSecond / oneCorePerSecond,
    ),
    "CPU of a copy exactly once to the scorer's": ratio(
      ({ scorer, exactCopy }) => exactCopy.cpuSeconds / scorer.cpuSeconds,
    ),
    "CPU of scoring alone to the scorer's": ratio(
      ({ scorer, oneCorePerSecond }) => COST_PER / oneCorePerSecond / scorer.cpuSeconds,
    ),
    "exactly once to plain, Kafka's own client": ratio(
      ({ java }) => java.exactlyOnce.perSecond / java.plain.perSecond,
    ),
  };
}

function decimals(value: number): string {
  return value.toFixed(2);
}
