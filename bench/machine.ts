import { type CpuInfo, cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly kafka: string;
  /** That others kept at work, in the seconds before the run. */
  readonly busyCores: number;
}

const POM = join(import.meta.dirname, '../infra/local/maven/kafka/pom.xml');

type CpuTimes = Pick<CpuInfo, 'times'>;

/** A bench that ended a moment ago is not at work any more, but in the load average for minutes. */
const WATCHED_MS = 2_000;

/** Numbers mean nothing without the machine that they come from. Looks at it for two seconds. */
export async function describeMachine(): Promise<Machine> {
  const processors = cpus();
  await delay(WATCHED_MS);
  return {
    cores: processors.length,
    cpu: processors[0]?.model.trim() || 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: type(),
    node: process.version,
    busyCores: countBusyCores(processors, cpus()),
    kafka: /<kafka\.version>([^<]+)</.exec(readFileSync(POM, 'utf8'))?.[1] ?? 'unknown',
  };
}

/** A fifth of them is more than a system at rest needs. */
export function isBusy({ cores, busyCores }: Pick<Machine, 'cores' | 'busyCores'>): boolean {
  return busyCores > cores / 5;
}

/** Cores that were at work between two looks at their times, on average. */
export function countBusyCores(before: readonly CpuTimes[], after: readonly CpuTimes[]): number {
  const total = sumTimes(after, 'all') - sumTimes(before, 'all');
  const idle = sumTimes(after, 'idle') - sumTimes(before, 'idle');
  return total === 0 ? 0 : ((total - idle) / total) * after.length;
}

function sumTimes(processors: readonly CpuTimes[], which: 'all' | 'idle'): number {
  return processors.reduce((sum, { times }) => {
    const { user, nice, sys, irq, idle } = times;
    return sum + (which === 'idle' ? idle : user + nice + sys + irq + idle);
  }, 0);
}
