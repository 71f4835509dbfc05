import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { placeOf } from '@scoreline/test/judge/leads.ts';
import { followCommitted } from '@scoreline/test/judge/read-committed.ts';
import { judge } from '@scoreline/test/support/judge-stream.ts';
import { untilGroupHasRead } from '@scoreline/test/support/until.ts';
import { refOf, type Switch, versionsByPartition } from '@scoreline/test/support/version-runs.ts';
import type { BenchContext } from '../context.ts';
import { type Decider, openDecider } from './decider.ts';
import { CONTACTS, encodeLeads } from '../leads.ts';
import { sendSteadily } from './send-steadily.ts';
import { summariseLatencies, type SwapLatencies, type TimedScore } from './swap-latencies.ts';

/** What swaps under load cost, and whether anything was lost by them. */
export interface Swaps extends SwapLatencies {
  readonly swaps: number;
  readonly rate: number;
  readonly leads: number;
  /** By Kafka's Java client, read_committed: see the judge. */
  readonly lost: number;
  readonly duplicates: number;
  readonly outOfOrder: number;
  /** Changes of version on a partition beyond one a swap: a partition that went back and forth. */
  readonly extraChanges: number;
  /** The longest time from a decision to its version's first score. */
  readonly slowestMs: number;
}

export interface SwapOptions {
  /** Lead events a second. */
  readonly rate: number;
  readonly swaps: number;
  /** Where the scorer's CPU profile goes. */
  readonly cpuProfile: string | undefined;
}

export const MODELS = join(import.meta.dirname, '../../models');
const OLD: VersionRef = 'bank-leads@1.0.0';
const NEW: VersionRef = 'bank-leads@1.1.0';
/** Not counted: connections open and code warms up in it. */
const WARM_UP_MS = 10_000;
/** Between two decisions: a swap, then a time without one. */
const SPAN_MS = 6_000;
/** After a rollback, the next promotion's approval falls into the time without a swap. */
const PREPARE_AFTER_MS = 4_000;

/**
 * Promotes and rolls back in turns, in the registry, while a scorer that follows it scores leads at a steady rate.
 * Each lead's time is that from its publication to its score's arrival at a read_committed Java client.
 */
export async function measureSwaps(
  context: BenchContext,
  { rate, swaps, cpuProfile }: SwapOptions,
): Promise<Swaps> {
  const { env, prefix, logFolder } = context;
  const decider = await openDecider(context);
  for (const ref of [OLD, NEW]) await decider.register(ref, MODELS);
  await decider.prepare(OLD);
  await decider.promote(OLD);
  await decider.prepare(NEW);
  const [port = 0] = await findFreePorts(1);
  const byRegistry = { ...env, MODEL: '', MODEL_STORE: MODELS, MODELS_CACHE: join(logFolder, 'cache') };
  const nodeArgs = cpuProfile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfile}`];
  const scorer = await startService('scorer', { env: byRegistry, port, logFolder, nodeArgs });
  await scorer.untilReady();
  const leads = await encodeLeads(CONTACTS, {
    registry: createRegistryClient({ url: env.SCHEMA_REGISTRY_URL }),
    topicPrefix: prefix,
  });
  const arrivals = new Map<string, number>();
  const topic = `${prefix}lead-scores`;
  const reader = await followCommitted(env.KAFKA_BROKERS, [topic], ({ partition, offset, arrivedUs }) => {
    arrivals.set(placeOf(partition, offset), arrivedUs / 1_000);
  });
  const done = new AbortController();
  const sending = sendSteadily(context, leads, rate, done.signal);
  const beganMs = Date.now() + WARM_UP_MS;
  const decided = await decideInTurns(decider, swaps, beganMs);
  done.abort();
  const sent = await sending;
  await untilGroupHasRead(env, 'scorer');
  await Promise.all([reader.stop(), decider.close(), scorer.stop()]);
  return { swaps, rate, leads: sent, ...(await judgeSwaps(context, decided, arrivals, beganMs)) };
}

async function decideInTurns(decider: Decider, swaps: number, beganMs: number): Promise<Switch[]> {
  const decided: Switch[] = [];
  for (let swap = 1; swap <= swaps; swap += 1) {
    await delay(beganMs + swap * SPAN_MS - Date.now());
    if (swap % 2 === 1) decided.push({ ref: NEW, decidedAtMs: await decider.promote(NEW) });
    else {
      decided.push({ ref: OLD, decidedAtMs: await decider.rollBack() });
      await delay(PREPARE_AFTER_MS);
      await decider.prepare(NEW);
    }
  }
  await delay(beganMs + (swaps + 1) * SPAN_MS - Date.now());
  return decided;
}

async function judgeSwaps(
  context: BenchContext,
  decided: readonly Switch[],
  arrivals: ReadonlyMap<string, number>,
  beganMs: number,
): Promise<Omit<Swaps, 'swaps' | 'rate' | 'leads'>> {
  const scores: LeadScored[] = [];
  const timed: TimedScore[] = [];
  const verdict = await judge(context.env, {
    onScore(score, { partition, offset }) {
      scores.push(score);
      const sentMs = score.source.timestamp;
      timed.push({ sentMs, latencyMs: (arrivals.get(placeOf(partition, offset)) ?? Infinity) - sentMs });
    },
  });
  const [topic] = verdict.byTopic.values();
  const changes = versionsByPartition(scores).map((versions) => versions.length - 1 - decided.length);
  return {
    lost: topic?.lost ?? NaN,
    duplicates: topic?.duplicates ?? NaN,
    outOfOrder: (topic?.outOfOrder ?? NaN) + (topic?.misplaced ?? NaN),
    extraChanges: changes.reduce((sum, extra) => sum + Math.max(0, extra), 0),
    slowestMs: Math.max(...decided.map((decision) => takenBy(decision, scores))),
    ...summariseLatencies(
      timed.filter(({ sentMs }) => sentMs >= beganMs),
      decided,
    ),
  };
}

/** From the decision to its version's first score, milliseconds. */
function takenBy({ ref, decidedAtMs }: Switch, scores: readonly LeadScored[]): number {
  const own = scores.filter((score) => score.scored_at >= decidedAtMs && refOf(score) === ref);
  return Math.min(...own.map(({ scored_at: scoredAtMs }) => scoredAtMs)) - decidedAtMs;
}
