import { setTimeout as delay } from 'node:timers/promises';
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
  /** Who ended in the middle of something and was started again, once for each time. */
  readonly ended: readonly NeighbourName[];
}

export interface NeighboursOptions {
  readonly backlog: number;
  readonly rounds: number;
  readonly latency: LatencyOptions;
}

/** A group's member that has ended is still one for so long. */
const SESSION_MS = 15_000;

/** Drains the same backlog by each neighbour in turns, then sends each the same steady streams, `rounds` times. */
export async function measureNeighbours(
  bench: Bench,
  { backlog, rounds, latency }: NeighboursOptions,
): Promise<NeighboursResult> {
  await warmUpBroker(bench, 'neighbours-warm-up.');
  const drains = await prepareDrains(bench, backlog);
  const streams = await bench.prepareTopics('neighbours-latency.');
  const done: NeighbourRound[] = [];
  const ended: NeighbourName[] = [];
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
  const neighbour = createNeighbour(name, context, warmUp);
  const backlog = { context, leads, brokerPid: bench.stack.pids['kafka'] };
  const drained = await withSecondTry(name, bench, ended, {
    measure: () => drainBacklog(backlog, neighbour),
    putBack: () => tallyAndForget(context.env.KAFKA_BROKERS, neighbour.output, neighbour.groupId),
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
  const neighbour = createNeighbour(name, context);
  const { KAFKA_BROKERS } = context.env;
  // The next one meets topics like these, not longer ones.
  const forgetLeads = () => tallyAndForget(KAFKA_BROKERS, `${context.prefix}lead-created`);
  const latencies = await withSecondTry(name, bench, ended, {
    measure: () => measureLatencies(context, bench.stack.pids['kafka'], neighbour, latency),
    async putBack() {
      await tallyAndForget(KAFKA_BROKERS, neighbour.output, neighbour.groupId);
      await forgetLeads();
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

/** A script that ends by itself is started once more, as whoever runs it would, and that is told; ours has to hold. */
async function withSecondTry<T>(
  name: NeighbourName,
  bench: Bench,
  ended: NeighbourName[],
  { measure, putBack }: { readonly measure: () => Promise<T>; readonly putBack: () => Promise<unknown> },
): Promise<T> {
  try {
    return await measure();
  } catch (error) {
    if (name === 'scorer') throw error;
    bench.log(`  ${name} is started again: ${String(error)}`);
    ended.push(name);
    await delay(SESSION_MS);
    await putBack();
    return measure();
  }
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

/** Who comes first in a round meets a broker that has stood idle: each round begins with the next one. */
function rotate<T>(names: readonly T[], by: number): readonly T[] {
  const first = by % names.length;
  return [...names.slice(first), ...names.slice(0, first)];
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
