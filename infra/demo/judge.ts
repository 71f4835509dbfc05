import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { judgeScores } from '@scoreline/test/judge/judge-scores.ts';
import type { SetupConfig } from '../setup/config.ts';
import { type DemoSummary, findFaults, summarise } from './summary.ts';

/** The summary of a run, and what keeps it from being exactly-once; none: nothing does. */
export async function judge(
  config: SetupConfig,
  database: Database,
  published: number,
  log: (line: string) => void,
): Promise<{ readonly summary: DemoSummary; readonly faults: readonly string[] }> {
  log("reading everything back with Kafka's own Java client, read_committed …");
  const { TOPIC_PREFIX: prefix } = config;
  const topics = { scores: `${prefix}lead-scores`, shadow: `${prefix}lead-shadow-scores` };
  let [first, last] = [Infinity, -Infinity];
  const verdict = await judgeScores({
    brokers: toKafkaAccess(config),
    schemaRegistry: toRegistryAccess(config),
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
