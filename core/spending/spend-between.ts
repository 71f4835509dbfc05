import { readSamples } from './exposition.ts';

/** What a process had used of the machine at a moment. */
export interface Usage {
  /** The label `service` that it gives itself; '' without one. */
  readonly service: string;
  readonly atMs: number;
  readonly startedAtMs: number;
  /** All its life. */
  readonly cpuSeconds: number;
  readonly memoryBytes: number;
}

/** What a process used in a span of time. */
export interface Spend {
  /** `first`: nothing to compare with yet; a new process counts from its start. `restarted`: known only since it began anew. */
  readonly state: 'running' | 'restarted' | 'first';
  /** How long of the span it is known for. */
  readonly seconds: number;
  readonly cpuSeconds: number;
  /** GiB held, times the seconds that they were held for. */
  readonly memoryGibSeconds: number;
}

const CPU = 'process_cpu_seconds_total';
const MEMORY = 'process_resident_memory_bytes';
const STARTED = 'process_start_time_seconds';
const NAMES: ReadonlySet<string> = new Set([CPU, MEMORY, STARTED]);
const GIB = 2 ** 30;
/** Clocks and rounding: a start that moved by less is the same one. */
const SAME_START_MS = 1_000;
/** An instance that is first seen this soon after its start is a new one: all that it has used is news. */
const NEW_MS = 120_000;

/** What a process says of itself at GET /metrics; undefined where it doesn't say all three. */
export function readUsage(text: string, atMs: number): Usage | undefined {
  const samples = new Map(readSamples(text, NAMES).map((sample) => [sample.name, sample]));
  const cpu = samples.get(CPU);
  const memoryBytes = samples.get(MEMORY)?.value;
  const startedAt = samples.get(STARTED)?.value;
  const isWhole = [cpu?.value, memoryBytes, startedAt].every((value) => Number.isFinite(value));
  if (!isWhole || cpu === undefined || memoryBytes === undefined || startedAt === undefined) return undefined;
  const service = cpu.labels['service'] ?? '';
  return { service, atMs, startedAtMs: startedAt * 1000, cpuSeconds: cpu.value, memoryBytes };
}

/**
 * What was used between two looks at the same address. A counter that fell, or a process that began later, is a new
 * process: what its forerunner used since the last look can't be known, what it used itself counts. Memory is taken to
 * have gone straight from one look to the next.
 */
export function spendBetween(before: Usage | undefined, now: Usage): Spend {
  if (before === undefined) return firstSpend(now);
  const hasRestarted =
    now.cpuSeconds < before.cpuSeconds || now.startedAtMs > before.startedAtMs + SAME_START_MS;
  const sinceMs = hasRestarted ? Math.max(before.atMs, now.startedAtMs) : before.atMs;
  const seconds = Math.max(0, now.atMs - sinceMs) / 1000;
  const bytes = hasRestarted ? now.memoryBytes : (before.memoryBytes + now.memoryBytes) / 2;
  return {
    state: hasRestarted ? 'restarted' : 'running',
    seconds,
    cpuSeconds: hasRestarted ? now.cpuSeconds : now.cpuSeconds - before.cpuSeconds,
    memoryGibSeconds: (bytes / GIB) * seconds,
  };
}

function firstSpend({ atMs, startedAtMs, cpuSeconds, memoryBytes }: Usage): Spend {
  const isNew = atMs - startedAtMs <= NEW_MS;
  const seconds = isNew ? Math.max(0, atMs - startedAtMs) / 1000 : 0;
  return {
    state: 'first',
    seconds,
    cpuSeconds: isNew ? cpuSeconds : 0,
    memoryGibSeconds: (memoryBytes / GIB) * seconds,
  };
}
