import { judgeScores, type JudgeRequest, type Verdict } from '../judge/judge-scores.ts';
import type { StreamLocation } from './until.ts';

/** The independent reader's verdict on one stream (topic prefix). */
export function judge(
  env: StreamLocation & { readonly SCHEMA_REGISTRY_URL: string },
  more: Pick<JudgeRequest, 'onScore' | 'onDeadLetter'> & { readonly withShadow?: boolean } = {},
): Promise<Verdict> {
  const { withShadow = false, ...listeners } = more;
  const production = { topic: `${env.TOPIC_PREFIX}lead-scores`, role: 'production' } as const;
  const shadow = { topic: `${env.TOPIC_PREFIX}lead-shadow-scores`, role: 'shadow' } as const;
  return judgeScores({
    brokers: env.KAFKA_BROKERS,
    schemaRegistry: { url: env.SCHEMA_REGISTRY_URL },
    leadTopic: `${env.TOPIC_PREFIX}lead-created`,
    deadLetterTopic: `${env.TOPIC_PREFIX}lead-created.dlq`,
    scoreTopics: withShadow ? [production, shadow] : [production],
    ...listeners,
  });
}

/** What a topic's verdict is when each of `scores` leads was scored exactly once, in its place, in order. */
export function exactlyOnce(topic: string, scores: number, deadLetters = 0) {
  const faults = { duplicates: 0, lost: 0, foreign: 0, misplaced: 0, outOfOrder: 0, contradicted: 0 };
  return { topic, scores, deadLetters, ...faults };
}
