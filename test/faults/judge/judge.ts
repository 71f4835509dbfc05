import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { provideDist } from '@scoreline/infra/local/dist.ts';
import { locateHome } from '@scoreline/infra/local/home.ts';
import { findJava } from '@scoreline/infra/local/java.ts';

const run = promisify(execFile);

/** What the judge found of one role; all but `scores` and `deadLetters` must be 0. */
export interface RoleVerdict {
  readonly scores: number;
  readonly deadLetters: number;
  readonly lost: number;
  readonly duplicates: number;
  readonly phantoms: number;
  readonly contradicted: number;
  readonly wrongPartition: number;
  readonly outOfOrder: number;
  readonly foreignKey: number;
  readonly uncommitted: number;
}

/** What `Judge.java` prints; its comment explains each number. */
export interface FaultVerdict {
  readonly leads: number;
  readonly hangingTransactions: number;
  readonly roles: Readonly<Record<string, RoleVerdict>>;
}

const PROGRAM = join(import.meta.dirname, 'Judge.java');
const TIMEOUT_MS = 900_000;

/** Each role's scores and group, without the prefix. */
const STREAMS = {
  production: { topic: 'lead-scores', group: 'scorer' },
  shadow: { topic: 'lead-shadow-scores', group: 'shadow.bank-leads@1.1.0' },
} as const;

/** Runs the judge on a stream that has come to rest; needs a JDK. The jars are those of the embedded stack. */
export async function judgeFaults(
  env: Readonly<Record<'KAFKA_BROKERS' | 'SCHEMA_REGISTRY_URL' | 'TOPIC_PREFIX', string>>,
  judged: readonly (keyof typeof STREAMS)[] = ['production', 'shadow'],
): Promise<FaultVerdict> {
  const { dist } = locateHome(undefined, process.env);
  const silent = (): void => {};
  const [kafka, registry] = await Promise.all([
    provideDist('kafka', dist, silent),
    provideDist('registry', dist, silent),
  ]);
  const classpath = [join(kafka, 'lib', '*'), join(registry, 'lib', 'org.apache.avro.avro-1.12.0.jar')].join(
    ':',
  );
  const prefix = env.TOPIC_PREFIX;
  const roles = judged.map((role) => {
    const { topic, group } = STREAMS[role];
    return `${role}=${prefix}${topic}=${prefix}${group}`;
  });
  const topics = [`${prefix}lead-created`, `${prefix}lead-created.dlq`];
  const { stdout } = await run(
    await findJava(process.env),
    ['-Xmx1g', '-cp', classpath, PROGRAM, env.KAFKA_BROKERS, env.SCHEMA_REGISTRY_URL, ...topics, ...roles],
    { timeout: TIMEOUT_MS, maxBuffer: 1 << 20 },
  );
  return JSON.parse(stdout) as FaultVerdict;
}

/** What is wrong by a verdict, in words, where so many leads were taken by the brokers; none: all is as it should be. */
export function faultsFound(
  { leads, hangingTransactions, roles }: FaultVerdict,
  sent: number,
): readonly string[] {
  if (sent === 0 || leads < sent)
    return [`${leads} leads on the topic, of ${sent} that were sent: nothing is shown`];
  const found = Object.entries(roles).flatMap(([role, { scores, deadLetters, ...wrong }]) => {
    const problems = Object.entries(wrong).filter(([, count]) => count !== 0);
    const told = problems.map(([problem, count]) => `${role}: ${count} ${problem}`);
    return scores + deadLetters === leads
      ? told
      : [...told, `${role}: ${scores + deadLetters} answers to ${leads} leads`];
  });
  return hangingTransactions === 0 ? found : [...found, `${hangingTransactions} hanging transactions`];
}
