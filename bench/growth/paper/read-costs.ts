import type { Growth } from '../measure-growth.ts';
import { BASE, keyOf, type Shape } from '../shape.ts';
import type { SteadyCost } from '../steady.ts';
import { spreadOf } from '../../spread.ts';
import { fitCosts, type Observation } from './fit-costs.ts';
import type { Measured } from './plan-cluster.ts';

/**
 * What leads of the base shape, and their transactions, cost in a run: large ones of its longest backlog, in which
 * compiling weighs least, and small ones of streams.
 */
export function readCosts({ axes, steady }: Growth): Measured {
  const points = axes.flatMap((axis) => axis.points).filter(({ shape }) => isOfBase(shape));
  const longest = points.reduce((a, b) => (b.shape.leads > a.shape.leads ? b : a));
  const runs = longest.runs.map((run) => ({ leads: longest.shape.leads, ...run }));
  const drained = (cpuUs: (run: (typeof runs)[number]) => number): Observation[] =>
    runs.map((run) => ({
      leads: run.leads,
      transactions: run.leads / run.leadsPerTransaction,
      cpuUs: cpuUs(run) * run.leads,
    }));
  return {
    scorer: fitCosts([...drained((run) => run.scorerUs), ...observe(steady, 'scorerCpuSeconds')]),
    broker: fitCosts([
      ...drained((run) => run.brokerUs + run.brokerWriteUs),
      ...observe(steady, 'brokerCpuSeconds'),
    ]),
    leadBytes: spreadOf(runs.map((run) => run.leadBytes)).median,
    scoreBytes: spreadOf(runs.map((run) => run.scoreBytes)).median,
  };
}

/** Whatever their number. */
function isOfBase(shape: Shape): boolean {
  return keyOf({ ...shape, leads: 0 }) === keyOf({ ...BASE, leads: 0 });
}

/** What a process needs that has nothing to do is no lead's. */
function observe(
  steady: readonly SteadyCost[],
  which: 'scorerCpuSeconds' | 'brokerCpuSeconds',
): Observation[] {
  const idle = steady.find(({ rate }) => rate === 0);
  const idleShare = idle === undefined ? 0 : idle[which] / idle.seconds;
  return steady
    .filter(({ rate }) => rate > 0)
    .map((cost) => ({
      leads: cost.leads,
      transactions: cost.transactions,
      cpuUs: (cost[which] - idleShare * cost.seconds) * 1e6,
    }));
}
