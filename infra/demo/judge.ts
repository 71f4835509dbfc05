import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { judgeScores } from '@scoreline/test/judge/judge-scores.ts';
import type { DemoEnvironment } from './environment.ts';
import { type DemoSummary, findFaults, summarise } from './summary.ts';

/** The summary of a run, and what keeps it from being exactly-once; none: nothing does. */
export async function judge(
  { env }: DemoEnvironment,
  database: Database,
  published: number,
  log: (line: string) => void,
): Promise<{ readonly summary: DemoSummary; readonly faults: readonly string[] }> {
  log("reading everything back with Kafka's own Java client, read_committed …");
  const { TOPIC_PREFIX: prefix } = env;
  const topics = { scores: `${prefix}lead-scores`, shadow: `${prefix}lead-shadow-scores` };
  let [first, last] = [Infinity, -Infinity];
  const verdict = await judgeScores({
    brokers: env.KAFKA_BROKERS,
    registryUrl: env.SCHEMA_REGISTRY_URL,
    leadTopic: `${prefix}lead-created`,
    deadLetterTopic: `${prefix}lead-created.dlq`,
    scoreTopics: [
      { topic: topics.scores, role: 'production' },
      { topic: topics.shadow, role: 'shadow' },
    ],
    onScore: ({ role, source }, record) => {
      if (role !== 'production') return;
      first = Math.min(first, source.timestamp);
      last = Math.max(last, record.timestamp);
    },
  });
  const summary = await summarise(database, verdict, topics, last - first);
  return { summary, faults: findFaults(verdict, published) };
}
