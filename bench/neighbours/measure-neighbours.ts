import type { BenchContext } from '../context.ts';
import { createTopicLike } from '../drain/create-topic.ts';
import { drainBacklog, type Drained } from '../drain/drain-backlog.ts';
import { tallyAndForget } from '../drain/tally.ts';
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
import { rotate, withSecondTry } from './turns.ts';

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
  /** Who ended in the middle of something and was started again, once for each time. */
  readonly ended: readonly NeighbourName[];
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
  const drains = await prepareDrains(bench, backlog);
  const streams = await bench.prepareTopics('neighbours-latency.');
  const done: NeighbourRound[] = [];
  const ended: NeighbourName[] = [];
  // A broker's code is still being compiled after a million leads: what each meets first would count against it.
  bench.log('neighbours, the broker warms up');
  await inTurns(NEIGHBOURS, (name) => drainBy(name, bench, drains, ended));
  while (done.length < rounds) {
    bench.log(`neighbours, round ${done.length + 1} of ${rounds}`);
    const order = rotate(NEIGHBOURS, done.length);
    const drained = await inTurns(order, (name) => drainBy(name, bench, drains, ended));
    const latencies = await inTurns(order, (name) =>
      timeBy(name, bench, { context: streams, latency }, ended),
    );
    done.push(mapNeighbours((name) => ({ drained: drained[name], latencies: latencies[name] })));
  }
  return { backlog, rounds: done, ended };
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
  ended: NeighbourName[],
): Promise<Drained> {
  let neighbour = createNeighbour(name, context, warmUp);
  const backlog = { context, leads, brokerPid: bench.stack.pids['kafka'] };
  const drained = await tryTwice(name, bench, ended, {
    measure: () => drainBacklog(backlog, neighbour),
    async putBack() {
      await tallyAndForget(context.env.KAFKA_BROKERS, neighbour.output, neighbour.groupId);
      neighbour = createNeighbour(name, context, warmUp);
    },
  });
  bench.log(`  drained by ${name}: ${count(drained.perSecond)}/s`);
  if (neighbour.warmUp !== undefined) await countAndForget(name, context, neighbour.warmUp, leads);
  return drained;
}

interface Streams {
  readonly context: BenchContext;
  readonly latency: LatencyOptions;
}

async function timeBy(
  name: NeighbourName,
  bench: Bench,
  { context, latency }: Streams,
  ended: NeighbourName[],
): Promise<readonly LatencyAtRate[]> {
  let neighbour = createNeighbour(name, context);
  const { KAFKA_BROKERS } = context.env;
  // The next one meets topics like these, not longer ones.
  const forgetLeads = () => tallyAndForget(KAFKA_BROKERS, `${context.prefix}lead-created`);
  const latencies = await tryTwice(name, bench, ended, {
    measure: () => measureLatencies(context, bench.stack.pids['kafka'], neighbour, latency),
    async putBack() {
      await tallyAndForget(KAFKA_BROKERS, neighbour.output, neighbour.groupId);
      await forgetLeads();
      neighbour = createNeighbour(name, context);
    },
  });
  for (const { rate, p50Ms, p99Ms } of latencies)
    bench.log(`  ${name} at ${count(rate)}/s: p50 ${milliseconds(p50Ms)}, p99 ${milliseconds(p99Ms)}`);
  const { rates, warmUpSeconds, warmUpLeads, seconds } = latency;
  const sent = rates.reduce((sum, rate) => sum + rate * (warmUpSeconds + seconds), 0);
  await countAndForget(name, context, neighbour, warmUpLeads + sent);
  await forgetLeads();
  return latencies;
}

interface Tried<T> {
  readonly measure: () => Promise<T>;
  readonly putBack: () => Promise<unknown>;
}

/** A script that ends by itself has a second try, and that is told; ours has to hold. */
async function tryTwice<T>(
  name: NeighbourName,
  bench: Bench,
  ended: NeighbourName[],
  tried: Tried<T>,
): Promise<T> {
  if (name === 'scorer') return tried.measure();
  const onEnd = (error: unknown): void => {
    bench.log(`  ${name} is started again: ${String(error)}`);
    ended.push(name);
  };
  return withSecondTry({ ...tried, onEnd });
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

async function inTurns<T>(
  order: readonly NeighbourName[],
  measure: (name: NeighbourName) => Promise<T>,
): Promise<Record<NeighbourName, T>> {
  const measured = new Map<NeighbourName, T>();
  for (const name of order) measured.set(name, await measure(name));
  return mapNeighbours((name) => measured.get(name) as T);
}

function mapNeighbours<T>(of: (name: NeighbourName) => T): Record<NeighbourName, T> {
  return Object.fromEntries(NEIGHBOURS.map((name) => [name, of(name)])) as Record<NeighbourName, T>;
}
