import { cp, mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Manifest } from '@scoreline/core/contracts/manifest.ts';
import type { VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { type ServiceProcess, startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { until } from '@scoreline/test/support/until.ts';
import type { BenchContext } from '../context.ts';
import { openDecider } from './decider.ts';
import { CONTACTS, encodeLeads } from '../leads.ts';
import { sendSteadily } from './send-steadily.ts';
import { MODELS } from './swap.ts';

/** A scorer's memory along its swaps. */
export interface SwapMemory {
  readonly swaps: number;
  readonly samples: readonly MemorySample[];
}

/** The whole process, and how much of it V8 has taken for its heap: what a model leaks is in the rest. */
export interface MemorySample {
  readonly swaps: number;
  readonly rssMb: number;
  readonly heapMb: number;
}

/** More than the two that a scorer keeps: each swap loads its package anew. */
const COPIES: readonly (readonly [from: string, version: string])[] = [
  ['1.0.0', '1.0.1'],
  ['1.1.0', '1.1.1'],
  ['1.0.0', '1.0.2'],
  ['1.1.0', '1.1.2'],
];
const LEADS_PER_SECOND = 200;
/** What is loaded last scores for this long. */
const SCORES_FOR_MS = 200;
const WARM_UP_MS = 10_000;
const SAMPLES = 9;
const SAMPLE_EVERY_MS = 500;
const SWAP_TIMEOUT_MS = 30_000;

/** The memory of a scorer under light load before, halfway and after so many swaps, each to a package that it loads. */
export async function measureSwapMemory(context: BenchContext, swaps: number): Promise<SwapMemory> {
  const { env, prefix, logFolder } = context;
  const store = join(logFolder, 'store');
  const refs = await writeCopies(store);
  const decider = await openDecider(context);
  for (const ref of refs) await decider.register(ref, store);
  await decider.prepare(refs[0]);
  await decider.promote(refs[0]);
  const [port = 0] = await findFreePorts(1);
  const byRegistry = { ...env, MODEL: '', MODEL_STORE: store, MODELS_CACHE: join(logFolder, 'cache') };
  const scorer = await startService('scorer', { env: { ...byRegistry, LOG_LEVEL: 'warn' }, port, logFolder });
  await scorer.untilReady();
  const leads = await encodeLeads(CONTACTS, {
    registry: createRegistryClient({ url: env.SCHEMA_REGISTRY_URL }),
    topicPrefix: prefix,
  });
  const done = new AbortController();
  const sending = sendSteadily(context, leads, LEADS_PER_SECOND, done.signal);
  await delay(WARM_UP_MS);
  const swapTo = async (ref: VersionRef): Promise<void> => {
    await decider.prepare(ref);
    await decider.promote(ref);
    await until(async () => (await readModel(scorer)) === ref, SWAP_TIMEOUT_MS, `${ref} did not score`);
    await delay(SCORES_FOR_MS);
  };
  // Once around is warm-up too.
  for (const ref of [...refs.slice(1), refs[0]]) await swapTo(ref);
  const samples = [{ swaps: 0, ...(await sampleMemory(scorer)) }];
  for (let swap = 1; swap <= swaps; swap += 1) {
    await swapTo(refs[swap % refs.length] ?? refs[0]);
    if (swap === Math.floor(swaps / 2) || swap === swaps)
      samples.push({ swaps: swap, ...(await sampleMemory(scorer)) });
  }
  done.abort();
  await sending;
  await Promise.all([decider.close(), scorer.stop()]);
  return { swaps, samples };
}

/** Packages of the same bytes under other versions. */
async function writeCopies(store: string): Promise<readonly [VersionRef, ...VersionRef[]]> {
  const refs: VersionRef[] = [];
  for (const [from, version] of COPIES) {
    const dir = join(store, 'bank-leads', version);
    await mkdir(join(store, 'bank-leads'), { recursive: true });
    await cp(join(MODELS, 'bank-leads', from), dir, { recursive: true });
    const file = join(dir, 'manifest.json');
    const manifest = JSON.parse(await readFile(file, 'utf8')) as Manifest;
    await writeFile(file, JSON.stringify({ ...manifest, version }));
    refs.push(`bank-leads@${version}`);
  }
  const [first, ...rest] = refs;
  if (first === undefined) throw new Error('there are no versions to swap');
  return [first, ...rest];
}

/** The medians of a few seconds: between two collections of garbage the figures rise. */
async function sampleMemory(scorer: ServiceProcess): Promise<Omit<MemorySample, 'swaps'>> {
  const rss: number[] = [];
  const heap: number[] = [];
  for (let sample = 0; sample < SAMPLES; sample += 1) {
    const metrics = await ask(scorer, '/metrics');
    rss.push(readGauge(metrics, 'process_resident_memory_bytes'));
    heap.push(readGauge(metrics, 'nodejs_heap_size_total_bytes'));
    await delay(SAMPLE_EVERY_MS);
  }
  return { rssMb: medianOf(rss) / 2 ** 20, heapMb: medianOf(heap) / 2 ** 20 };
}

async function readModel(scorer: ServiceProcess): Promise<string | undefined> {
  return (JSON.parse(await ask(scorer, '/health')) as { model?: string }).model;
}

async function ask({ url }: ServiceProcess, path: string): Promise<string> {
  return (await fetch(url + path, { signal: AbortSignal.timeout(5_000) })).text();
}

function readGauge(metrics: string, name: string): number {
  return Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(metrics)?.[1] ?? NaN);
}

function medianOf(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? NaN;
}
