import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startChildProcess } from '@scoreline/infra/local/child-process.ts';
import { openTopicAdmin } from '@scoreline/runtime/kafka/admin.ts';
import type { BenchContext } from '../context.ts';
import { type Drained, measureTopic, waitUntilRead } from './drain.ts';

/** Drains the same backlog by a plain copy, see plain-copy.ts. */
export async function drainWithPlainCopy(context: BenchContext): Promise<Drained> {
  const { prefix, env, logFolder } = context;
  const [from, to, group] = [`${prefix}lead-created`, `${prefix}copy`, `${prefix}copier`];
  await createCopyOf(env.KAFKA_BROKERS, from, to);
  const begun = performance.now();
  const copier = await startChildProcess({
    program: process.execPath,
    args: [fileURLToPath(import.meta.resolve('./plain-copy.ts')), env.KAFKA_BROKERS, from, to, group],
    logFile: join(logFolder, 'plain-copy.log'),
  });
  await waitUntilRead(context, group, copier.exited);
  const secondsWithStart = (performance.now() - begun) / 1_000;
  await copier.stop();
  return { ...(await measureTopic(context, to)), secondsWithStart };
}

async function createCopyOf(brokers: string, from: string, to: string): Promise<void> {
  const admin = await openTopicAdmin({ brokers: [brokers], clientId: 'bench' }, () => {});
  const source = (await admin.describeTopics([from])).get(from);
  if (source === undefined) throw new Error(`${from} is not there`);
  await admin.createTopic(to, { partitions: source.partitions, replicationFactor: -1, configs: {} });
  await admin.close();
}
