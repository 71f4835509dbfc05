import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '@scoreline/core/shadow/seeded-random.ts';
import { measureMemory } from './crew/memory.ts';
import { faultsFound, judgeFaults } from './judge/judge.ts';
import { judgeRows } from './judge/judge-rows.ts';
import { BOUNDS, dealFaults, FAULTS, HANG_MS, inflict, type Inflicted, type KnownFault } from './nemesis.ts';
import type { FaultOptions } from './options.ts';
import { untilAnswered } from './progress.ts';
import { type FaultReport, summariseRecovery } from './report.ts';
import { spareSeconds, watchSoak } from './soak/soak.ts';
import { type Ground, openWorld, startGround, type World } from './world.ts';

const PARTITIONS = 4;
const SOAK_EVERY_MS = 60_000;
/** So many of all there are, by the seed: they take less than 20 minutes. */
const FAULTS_OF_A_RUN = 66;
const WARM_UP_MS = 5_000;
/** Drift reads everything again in this time, after two hours of faults too. */
const PATIENCE_MS = 900_000;
/** What a mutant has lost doesn't come any more. */
const MUTANT_PATIENCE_MS = 45_000;

/** One run on a ground of its own, whose logs and data are kept where something is wrong. */
export async function runFaults(
  options: FaultOptions,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<FaultReport> {
  // Brokers of an hour are worth compiling well; those of minutes would compile all their life.
  const ground = await startGround(log, options.soak ? 'full' : 'light');
  let isGood = false;
  try {
    const report = await runFaultsOn(ground, '', options, { log, signal });
    isGood = report.problems.length === 0;
    return report;
  } finally {
    if (!isGood) log(`logs and data are in ${ground.folder}`);
    await ground.close(!isGood);
  }
}

/**
 * 1. topics and tables under a prefix, a crew and a load;
 * 2. fault after fault, each healed and recovered from before the next;
 * 3. the load ends, the crew reads to the end and stops;
 * 4. the judge reads all topics, and a drift in peace makes all rows anew.
 */
export async function runFaultsOn(
  ground: Ground,
  prefix: string,
  options: FaultOptions,
  { log, signal }: Pick<Telling, 'log' | 'signal'>,
): Promise<FaultReport> {
  const begunAt = performance.now();
  const random = seededRandom(options.seed);
  log(`seed ${options.seed}`);
  const world = await openWorld(ground, { ...options, partitions: PARTITIONS, prefix }, log);
  try {
    await delay(WARM_UP_MS);
    const crew = [...world.scorers, ...world.shadows, ...world.drifts];
    const before = measureMemory(crew);
    const endSoak = options.soak ? watchSoak(world) : undefined;
    const victims = options.soak ? spareSeconds(world) : world;
    const inflicted = await inflictAll(options, victims, { random, log, signal, begunAt });
    const soak = await endSoak?.();
    const after = measureMemory(crew);
    const verdict = await rest(world);
    const rows = await judgeRows(
      world,
      verdict.answers,
      options.mutant === undefined ? PATIENCE_MS : MUTANT_PATIENCE_MS,
    );
    const found = [...faultsFound(verdict.answers, world.load.sent()), ...rows.found];
    const unshown = rows.empty.map((table) => `${table} is empty: nothing is shown of it`);
    const problems = [
      ...describeInflicted(inflicted),
      ...verdict.problems,
      ...[...crew, world.spare].flatMap((member) => member.strayEnds()),
      ...(soak?.problems ?? []),
      ...unshown,
      ...found,
    ];
    return {
      seed: options.seed,
      minutes: (performance.now() - begunAt) / 60_000,
      leadsPerSecond: options.leadsPerSecond,
      faults: inflicted.filter(({ skipped }) => skipped === undefined).length,
      skipped: inflicted.flatMap(({ fault, skipped }) =>
        skipped === undefined ? [] : [`${fault}: ${skipped}`],
      ),
      abortedByOthers: world.load.aborted(),
      verdict: verdict.answers,
      rows,
      soak,
      recovery: summariseRecovery(inflicted, HANG_MS),
      memoryMb: pairMemory(before, after),
      found,
      hangs: inflicted.filter(isHang).map(({ fault }) => `hangs after: ${fault}`),
      problems,
    };
  } finally {
    await world.close();
  }
}

/** Of those that ran at both. */
function pairMemory(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
): FaultReport['memoryMb'] {
  const both = [...before].flatMap(([name, begin]) => {
    const end = after.get(name);
    return end === undefined ? [] : [[name, [begin, end] as const] as const];
  });
  return Object.fromEntries(both);
}

/** The load ends, scorers and shadows read to the end and stop, and the judge reads everything. */
async function rest({ load, env, scorers, shadows }: World) {
  await load.stop();
  const isAtEnd = await untilAnswered(env, HANG_MS);
  await Promise.all([...scorers, ...shadows].map((member) => member.stop()));
  const problems = isAtEnd ? [] : ['the stream was not read to its end'];
  return { answers: await judgeFaults(env), problems };
}

interface Telling {
  readonly random: () => number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  readonly begunAt: number;
}

async function inflictAll(
  { minutes, faults, only, soak, mutant }: FaultOptions,
  world: World,
  { random, log, signal, begunAt }: Telling,
): Promise<readonly Inflicted[]> {
  const inflicted: Inflicted[] = [];
  const chosen = chooseFaults(only).filter(({ ofOwner }) => !soak || ofOwner !== true);
  const most = faults ?? Math.min(chosen.length, FAULTS_OF_A_RUN);
  if (minutes === undefined && most < chosen.length)
    log(`${most} of ${chosen.length} faults, by the seed; --faults ${chosen.length}: each once`);
  const isOver = (): boolean =>
    minutes === undefined ? inflicted.length >= most : performance.now() - begunAt > minutes * 60_000;
  for (const fault of dealFaults(chosen, random)) {
    if (signal.aborted || isOver()) break;
    const startedAt = performance.now();
    const done = await inflict(fault, world, random);
    inflicted.push(done);
    log(`${String(inflicted.length).padStart(4)}  ${describeDone(done)}`);
    // It is found out, and doesn't come back.
    if (mutant !== undefined && isHang(done)) break;
    const restMs = soak ? SOAK_EVERY_MS - (performance.now() - startedAt) : 0;
    await delay(Math.max(0, restMs), undefined, { signal }).catch(() => undefined);
  }
  return inflicted;
}

function isHang({ answeredMs, storedMs }: Inflicted): boolean {
  return answeredMs === null || storedMs === null;
}

/** By their names or kinds; throws for a word that is neither. */
function chooseFaults(only: FaultOptions['only']): readonly KnownFault[] {
  if (only === undefined) return FAULTS;
  const chosen = FAULTS.filter(({ name, kind }) => only.includes(name) || only.includes(kind));
  const known = new Set(chosen.flatMap(({ name, kind }) => [name, kind as string]));
  const unknown = only.filter((word) => !known.has(word));
  if (unknown.length > 0) throw new Error(`--only ${unknown.join(', ')}: no fault and no kind of faults`);
  return chosen;
}

function describeDone({ fault, answeredMs, storedMs, problem, skipped }: Inflicted): string {
  if (skipped !== undefined) return `${fault}: LEFT OUT: ${skipped}`;
  const seconds = (ms: number | null): string => (ms === null ? 'NEVER' : `${(ms / 1_000).toFixed(1)} s`);
  const told = `${fault}: answered in ${seconds(answeredMs)}, stored ${seconds(storedMs)} later`;
  return problem === undefined ? told : `${told}; ${problem}`;
}

/** Hangs, recoveries past their bound, and faults that could not be made. */
function describeInflicted(inflicted: readonly Inflicted[]): string[] {
  return inflicted.flatMap(({ fault, kind, problem, ...took }) => [
    ...(problem === undefined ? [] : [`could not be made: ${fault}: ${problem}`]),
    ...(['answeredMs', 'storedMs'] as const).flatMap((what) => {
      const ms = took[what] ?? Infinity;
      const bound = BOUNDS[kind][what];
      const late = ms === Infinity ? `not within ${HANG_MS / 1_000}` : `in ${(ms / 1_000).toFixed(1)}`;
      return ms <= bound ? [] : [`${fault}: ${what.slice(0, -2)} ${late} s, bound ${bound / 1_000}`];
    }),
  ]);
}
