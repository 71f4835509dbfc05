import { cpus, loadavg, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly kafka: string;
  /** Processes that wanted a core in the last minute: above `cores`, somebody else was at work too. */
  readonly load: number;
}

const POM = join(import.meta.dirname, '../infra/local/maven/kafka/pom.xml');

/** Numbers mean nothing without the machine that they come from. */
export function describeMachine(): Machine {
  const processors = cpus();
  return {
    cores: processors.length,
    cpu: processors[0]?.model.trim() || 'unknown',
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: type(),
    node: process.version,
    load: loadavg()[0] ?? 0,
    kafka: /<kafka\.version>([^<]+)</.exec(readFileSync(POM, 'utf8'))?.[1] ?? 'unknown',
  };
}
