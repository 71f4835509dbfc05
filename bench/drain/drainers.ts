import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startService } from '@scoreline/infra/demo/service-process.ts';
import { startChildProcess } from '@scoreline/infra/local/child-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import type { BenchContext } from '../context.ts';
import type { Drainer } from './drainer.ts';

/** The scorer as it is run, with the demo's model. */
export function createScorer({ env, prefix, model, logFolder }: BenchContext, cpuProfile?: string): Drainer {
  return {
    groupId: `${prefix}scorer`,
    output: `${prefix}lead-scores`,
    async start() {
      const [port = 0] = await findFreePorts(1);
      return startService('scorer', {
        env: { ...env, MODEL: model, LOG_LEVEL: 'warn' },
        port,
        logFolder,
        nodeArgs: cpuProfile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${cpuProfile}`],
      });
    },
  };
}

/** kafkajs without transactions, and nothing done to a record. */
export function createPlainCopier(context: BenchContext, output: string): Drainer {
  return createCopier(context, import.meta.resolve('./plain-copy.ts'), `${context.prefix}plain-copy`, output);
}

/** The scorer's own way of reading and writing, exactly once, and nothing done to a record. */
export function createExactCopier(context: BenchContext, output: string): Drainer {
  return createCopier(context, import.meta.resolve('./exact-copy.ts'), `${context.prefix}exact-copy`, output);
}

function createCopier(
  { env, prefix, logFolder }: BenchContext,
  program: string,
  groupId: string,
  output: string,
): Drainer {
  const args = [fileURLToPath(program), env.KAFKA_BROKERS, `${prefix}lead-created`, output, groupId];
  const logFile = join(logFolder, `${groupId}.log`);
  return {
    groupId,
    output,
    start: () => startChildProcess({ program: process.execPath, args, logFile }),
  };
}
