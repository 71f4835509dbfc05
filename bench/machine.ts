import { cpus, totalmem, type } from 'node:os';
import { join } from 'node:path';
import { readFileSync } from 'node:fs';

export interface Machine {
  readonly cores: number;
  readonly cpu: string;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
  readonly kafka: string;
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
    kafka: /<kafka\.version>([^<]+)</.exec(readFileSync(POM, 'utf8'))?.[1] ?? 'unknown',
  };
}
