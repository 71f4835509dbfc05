import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { type Lead, type Leads, placeOf } from './leads.ts';
import type { JudgedRecord } from './read-committed.ts';

export interface ScoreTopic {
  readonly topic: string;
  /** A lead that this role gave up (`dlq.role`) needs no score on the topic. */
  readonly role: 'production' | 'shadow' | 'backtest';
}

/** What the judge found of one scores topic. All but `scores`, `deadLetters` and `latencyMs` should be 0. */
export interface ScoresVerdict {
  readonly topic: string;
  readonly scores: number;
  /** Lead events that its role gave up. */
  readonly deadLetters: number;
  /** Scores beyond the first of one lead event by one model version in one role. */
  readonly duplicates: number;
  /** Lead events with neither a score nor a dead letter. */
  readonly lost: number;
  /** Scores of lead events that are not on the topic, or that carry another event's id or lead. */
  readonly foreign: number;
  /** Scores on another partition than their lead event. */
  readonly misplaced: number;
  /** Scores that stand after one of a later lead event of their partition. */
  readonly outOfOrder: number;
  /** Scores of lead events that their scorer gave up as well. */
  readonly contradicted: number;
  /** Milliseconds from the lead event's Kafka timestamp to its score's, sorted. */
  readonly latencyMs: Float64Array;
}

/** A score with the record that it came in, in the topic's order per partition. */
export interface ReadScore {
  readonly score: LeadScored;
  readonly record: JudgedRecord;
}

/** Holds a topic's scores against the leads that they are of. */
export function judgeTopic(
  { topic, role }: ScoreTopic,
  scores: readonly ReadScore[],
  leads: Leads,
  leadTopic: string,
): ScoresVerdict {
  const own = scores.flatMap((read) => {
    const lead = leads.get(placeOf(read.score.source.partition, read.score.source.offset));
    return lead !== undefined && isOf(read, lead, leadTopic) ? [{ ...read, lead }] : [];
  });
  const scored = new Set(own.map(({ score }) => placeOf(score.source.partition, score.source.offset)));
  const isGivenUp = (lead: Lead): boolean => [...lead.givenUpBy].some((by) => by.startsWith(`${role}/`));
  const unscored = [...leads].filter(([place]) => !scored.has(place)).map(([, lead]) => lead);
  return {
    topic,
    scores: scores.length,
    deadLetters: [...leads.values()].filter(isGivenUp).length,
    duplicates: own.length - new Set(own.map(({ score }) => identityOf(score))).size,
    lost: unscored.filter((lead) => !isGivenUp(lead)).length,
    foreign: scores.length - own.length,
    misplaced: own.filter(({ score, record }) => record.partition !== score.source.partition).length,
    outOfOrder: countOutOfOrder(own),
    contradicted: own.filter(({ score, lead }) => lead.givenUpBy.has(scorerOf(score))).length,
    latencyMs: Float64Array.from(own, ({ record, lead }) => record.timestamp - lead.timestamp).sort(),
  };
}

/** A score carries its event's id and goes by its lead's key. */
function isOf({ score, record }: ReadScore, lead: Lead, leadTopic: string): boolean {
  const { source, event_id, lead_id } = score;
  if (source.topic !== leadTopic || source.timestamp !== lead.timestamp) return false;
  const expectedId = lead.eventId ?? `${source.topic}-${source.partition}-${source.offset}`;
  return event_id === expectedId && record.key?.toString() === lead_id;
}

function countOutOfOrder(scores: readonly ReadScore[]): number {
  const latest = new Map<string, number>();
  let outOfOrder = 0;
  for (const { score, record } of scores) {
    const line = `${record.partition}/${score.source.partition}/${scorerOf(score)}/${score.run_id ?? ''}`;
    const before = latest.get(line) ?? -1;
    if (score.source.offset < before) outOfOrder += 1;
    latest.set(line, Math.max(before, score.source.offset));
  }
  return outOfOrder;
}

function identityOf(score: LeadScored): string {
  return `${placeOf(score.source.partition, score.source.offset)}/${scorerOf(score)}/${score.run_id ?? ''}`;
}

function scorerOf({ role, model, model_version }: LeadScored): string {
  return `${role}/${model}@${model_version}`;
}
