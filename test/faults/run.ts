import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { seededRandom } from '@scoreline/core/shadow/seeded-random.ts';
import type { Member } from './crew/crew.ts';
import { faultsFound, judgeFaults } from './judge/judge.ts';
import { dealFaults, FAULTS, inflict, type Inflicted, RECOVERY_LIMIT_MS, untilCaughtUp } from './nemesis.ts';
import type { FaultOptions } from './options.ts';
import { type FaultReport, summariseRecovery } from './report.ts';
import { openWorld, type World } from './world.ts';

const PARTITIONS = 4;
const WARM_UP_MS = 5_000;

/**
 * 1. a cluster, a crew and a load;
 * 2. fault after fault, each healed and recovered from before the next;
 * 3. the load ends, the crew reads to the end and stops;
 * 4. the judge reads everything.
 */
export async function runFaults(
  options: FaultOptions,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<FaultReport> {
  const begunAt = performance.now();
  const random = seededRandom(options.seed);
  log(`seed ${options.seed}`);
  const world = await openWorld({ ...options, partitions: PARTITIONS }, log);
  let problems: readonly string[] = ['the run broke off'];
  try {
    await delay(WARM_UP_MS);
    const crew = [...world.scorers, ...world.shadows];
    const before = measureMemory(crew);
    const inflicted = await inflictAll(options, world, { random, log, signal, begunAt });
    const after = measureMemory(crew);
    await world.load.stop();
    const isAtEnd = await untilCaughtUp(world);
    await Promise.all(crew.map((member) => member.stop()));
    const verdict = await judgeFaults(world.env);
    const found = faultsFound(verdict, world.load.sent());
    problems = [...describeHangs(inflicted, isAtEnd), ...describeUnmade(inflicted), ...found];
    return {
      seed: options.seed,
      minutes: (performance.now() - begunAt) / 60_000,
      leadsPerSecond: options.leadsPerSecond,
      faults: inflicted.length,
      abortedByOthers: world.load.aborted(),
      verdict,
      recovery: summariseRecovery(inflicted, RECOVERY_LIMIT_MS),
      memoryMb: Object.fromEntries(
        crew.map(({ name }) => [name, [before.get(name) ?? 0, after.get(name) ?? 0] as const]),
      ),
      found,
      problems,
    };
  } finally {
    if (problems.length > 0) log(`logs and data are in ${world.folder}`);
    await world.close(problems.length > 0);
  }
}

interface Telling {
  readonly random: () => number;
  readonly log: (line: string) => void;
  readonly signal: AbortSignal;
  readonly begunAt: number;
}

async function inflictAll(
  { minutes, faults, only }: FaultOptions,
  world: World,
  { random, log, signal, begunAt }: Telling,
): Promise<readonly Inflicted[]> {
  const inflicted: Inflicted[] = [];
  const isOver = (): boolean =>
    minutes === undefined ? inflicted.length >= faults : performance.now() - begunAt > minutes * 60_000;
  for (const fault of dealFaults(
    FAULTS.filter(({ name }) => only?.includes(name) ?? true),
    random,
  )) {
    if (signal.aborted || isOver()) break;
    const done = await inflict(fault, world, random);
    inflicted.push(done);
    const recovery = done.recoveryMs === null ? 'NOT RECOVERED' : `${(done.recoveryMs / 1_000).toFixed(1)} s`;
    const problem = done.problem === undefined ? '' : `; ${done.problem}`;
    log(`${String(inflicted.length).padStart(4)}  ${done.fault}: recovered in ${recovery}${problem}`);
  }
  return inflicted;
}

function describeHangs(inflicted: readonly Inflicted[], isAtEnd: boolean): string[] {
  const hangs = inflicted.filter(({ recoveryMs }) => recoveryMs === null);
  const told = hangs.map(({ fault }) => `no recovery within ${RECOVERY_LIMIT_MS / 1_000} s of: ${fault}`);
  return isAtEnd ? told : [...told, 'the stream was not read to its end'];
}

function describeUnmade(inflicted: readonly Inflicted[]): string[] {
  return inflicted.flatMap(({ fault, problem }) =>
    problem === undefined ? [] : [`could not be made: ${fault}: ${problem}`],
  );
}

/** Resident memory by member, MiB. */
function measureMemory(crew: readonly Member[]): ReadonlyMap<string, number> {
  return new Map(
    crew.map((member) => {
      const status = readFileSync(`/proc/${member.pid() ?? 'self'}/status`, 'utf8');
      return [member.name, Math.round(Number(/VmRSS:\s+(\d+)/.exec(status)?.[1]) / 1_024)];
    }),
  );
}
