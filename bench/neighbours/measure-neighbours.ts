import type { BenchContext } from '../context.ts';
import { createTopicLike } from '../drain/create-topic.ts';
import { drainBacklog, type Drained } from '../drain/drain-backlog.ts';
import { tallyAndForget } from '../drain/tally.ts';
import { warmUpBroker } from '../drain/warm-up-broker.ts';
import { type LatencyAtRate, type LatencyOptions, measureLatencies } from '../latency/measure-latency.ts';
import type { Bench } from '../part.ts';
import { produceLeads } from '../produce-leads.ts';
import { count, milliseconds } from '../table.ts';
import {
  createNeighbour,
  type Neighbour,
  type NeighbourName,
  NEIGHBOURS,
  type WarmUp,
} from './neighbours.ts';

/** One neighbour in one round. */
export interface NeighbourFigures {
  readonly drained: Drained;
  /** One for each rate. */
  readonly latencies: readonly LatencyAtRate[];
}

export type NeighbourRound = Readonly<Record<NeighbourName, NeighbourFigures>>;

export interface NeighboursResult {
  readonly backlog: number;
  readonly rounds: readonly NeighbourRound[];
}

export interface NeighboursOptions {
  readonly backlog: number;
  readonly rounds: number;
  readonly latency: LatencyOptions;
}

/** Drains the same backlog by each neighbour in turns, then sends each the same steady streams, `rounds` times. */
export async function measureNeighbours(
  bench: Bench,
  { backlog, rounds, latency }: NeighboursOptions,
): Promise<NeighboursResult> {
  await warmUpBroker(bench, 'neighbours-warm-up.');
  const drains = await prepareDrains(bench, backlog);
  const streams = await bench.prepareTopics('neighbours-latency.');
  const done: NeighbourRound[] = [];
  while (done.length < rounds) {
    bench.log(`neighbours, round ${done.length + 1} of ${rounds}`);
    const drained = await inTurns((name) => drainBy(name, bench, drains));
    const latencies = await inTurns((name) => timeBy(name, bench, streams, latency));
    done.push(mapNeighbours((name) => ({ drained: drained[name], latencies: latencies[name] })));
  }
  return { backlog, rounds: done };
}

interface Drains {
  readonly context: BenchContext;
  readonly leads: number;
  readonly warmUp: WarmUp;
}

async function prepareDrains(bench: Bench, leads: number): Promise<Drains> {
  const context = await bench.prepareTopics('neighbours.');
  bench.log(`producing a backlog of ${count(leads)} leads`);
  await produceLeads(context, leads);
  const { prefix } = context;
  const warmUp = { output: `${prefix}warm-up-scores`, groupId: `${prefix}warm-up` };
  await createTopicLike(context, `${prefix}lead-created`, warmUp.output);
  return { context, leads, warmUp };
}

async function drainBy(
  name: NeighbourName,
  bench: Bench,
  { context, leads, warmUp }: Drains,
): Promise<Drained> {
  const neighbour = createNeighbour(name, context, warmUp);
  const drained = await drainBacklog({ context, leads, brokerPid: bench.stack.pids['kafka'] }, neighbour);
  bench.log(`  drained by ${name}: ${count(drained.perSecond)}/s`);
  if (neighbour.warmUp !== undefined) await countAndForget(name, context, neighbour.warmUp, leads);
  return drained;
}

async function timeBy(
  name: NeighbourName,
  bench: Bench,
  context: BenchContext,
  options: LatencyOptions,
): Promise<readonly LatencyAtRate[]> {
  const neighbour = createNeighbour(name, context);
  const latencies = await measureLatencies(context, bench.stack.pids['kafka'], neighbour, options);
  for (const { rate, p50Ms, p99Ms } of latencies)
    bench.log(`  ${name} at ${count(rate)}/s: p50 ${milliseconds(p50Ms)}, p99 ${milliseconds(p99Ms)}`);
  const sent = options.rates.reduce((sum, rate) => sum + rate * (options.warmUpSeconds + options.seconds), 0);
  await countAndForget(name, context, neighbour, options.warmUpLeads + sent);
  // The next one meets topics like these, not longer ones.
  await tallyAndForget(context.env.KAFKA_BROKERS, `${context.prefix}lead-created`);
  return latencies;
}

/** Throws where there isn't a record for each lead. */
async function countAndForget(
  name: NeighbourName,
  { env }: BenchContext,
  { output, groupId }: Pick<Neighbour, 'output' | 'groupId'>,
  leads: number,
): Promise<void> {
  const { records } = await tallyAndForget(env.KAFKA_BROKERS, output, groupId);
  if (records !== leads) throw new Error(`${name} made ${records} records of ${leads} leads`);
}

async function inTurns<T>(measure: (name: NeighbourName) => Promise<T>): Promise<Record<NeighbourName, T>> {
  const measured = new Map<NeighbourName, T>();
  for (const name of NEIGHBOURS) measured.set(name, await measure(name));
  return mapNeighbours((name) => measured.get(name) as T);
}

function mapNeighbours<T>(of: (name: NeighbourName) => T): Record<NeighbourName, T> {
  return Object.fromEntries(NEIGHBOURS.map((name) => [name, of(name)])) as Record<NeighbourName, T>;
}
