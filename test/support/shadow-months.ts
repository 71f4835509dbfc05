import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import type { Candidate } from '@scoreline/core/shadow/report.ts';
import { toDeadLetterRow, toOutcomeRow } from '@scoreline/drift/ingest/rows.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { createReportService, type ReportService } from '@scoreline/runtime/reports/report-service.ts';
import { type DriftRoom, openDriftRoom } from './drift-room.ts';
import { createRandom, makeScores } from './synthetic-scores.ts';

const MODELS = new URL('../../models', import.meta.url).pathname;
const DAY_MS = 86_400_000;
const DAYS = 60;

export const START_MS = Date.UTC(2024, 0, 1);
export const LEADS = 6_000;
export const SHADOW: Candidate = { model: 'bank-leads', version: '1.1.0', role: 'shadow', runId: null };

/** The shadow's gaps, by offset: before its first, behind what is ingested, behind what its group has committed. */
export const FIRST = 600;
export const INGESTED = 5_400;
export const PROCESSED = 5_700;
const isDead = (offset: number): boolean => offset % 100 === 7;
const isHole = (offset: number): boolean => offset >= 3_000 && offset < 3_010;

/** Two months of leads that production and a shadow with every kind of gap have scored, with their outcomes. */
export interface ShadowMonths {
  readonly room: DriftRoom;
  readonly reports: ReportService;
  readonly production: readonly LeadScored[];
  /** What the candidate says of each of production's leads, scored or not. */
  readonly candidate: readonly LeadScored[];
  /** Of these, what the shadow has scored. */
  readonly shadow: readonly LeadScored[];
  readonly converted: readonly boolean[];
}

export async function openShadowMonths(clickHouseUrl: string): Promise<ShadowMonths> {
  const room = await openDriftRoom(clickHouseUrl);
  const { reference } = await loadPackage(`${MODELS}/bank-leads/1.0.0`);
  const random = createRandom(5);
  const span = { count: LEADS, fromMs: START_MS, toMs: START_MS + DAYS * DAY_MS, firstOffset: 0 };
  const production = makeScores({ reference, random }, span);
  const converted = production.map(() => random() < 0.2);
  const candidate = production.map((score, i) => candidateScore(score, i, converted[i]!));
  const shadow = candidate.filter(
    ({ source: { offset } }) => offset >= FIRST && offset < INGESTED && !isDead(offset) && !isHole(offset),
  );
  await feedProduction(room, production);
  await room.feed(shadow, { stream: 'lead-shadow-scores' });
  await feedDeadLetters(room);
  await feedOutcomes(
    room,
    production.filter((_, i) => converted[i]),
  );
  const reports = createReportService({
    database: room.database,
    topicPrefix: '',
    readCommitted: async (groupId) => new Map(groupId === 'shadow.bank-leads@1.1.0' ? [[0, PROCESSED]] : []),
    findPackage: async ({ model, version }) => `${MODELS}/${model}/${version}`,
    nowMs: () => 0,
  });
  return { room, reports, production, candidate, shadow, converted };
}

async function feedProduction(room: DriftRoom, production: readonly LeadScored[]): Promise<void> {
  // Besides, an older version, and another stream.
  const older = production.slice(0, 50).map((score) => ({
    ...score,
    model_version: '0.9.0',
    scored_at: score.scored_at - DAY_MS,
    source: { ...score.source, partition: 1 },
  }));
  const elsewhere = production.slice(0, 70).map((score) => ({
    ...score,
    source: { ...score.source, topic: 'other.lead-created' },
  }));
  await room.feed([...production, ...older, ...elsewhere]);
}

/** It knows more than production does, and bands lower. */
function candidateScore(score: LeadScored, i: number, isConverted: boolean): LeadScored {
  return {
    ...score,
    model_version: '1.1.0',
    role: 'shadow',
    score: Math.min(1, score.score * 0.9 + (isConverted ? 0.05 : 0)),
    band: i % 4 === 0 ? 'D' : score.band,
    inference_us: 30,
  };
}

async function feedDeadLetters(room: DriftRoom): Promise<void> {
  const letter = (offset: number, role: string, version: string, code: string): object =>
    toDeadLetterRow('lead-created.dlq', 0, {
      offset: 10 * offset + Number(role === 'shadow'),
      timestamp: 0,
      key: null,
      value: null,
      headers: {
        'dlq.error.code': code,
        'dlq.role': role,
        'dlq.model': `bank-leads@${version}`,
        'dlq.source.topic': 'lead-created',
        'dlq.source.partition': '0',
        'dlq.source.offset': String(offset),
      },
    });
  const dead = Array.from({ length: INGESTED - FIRST }, (_, i) => FIRST + i).filter(isDead);
  await room.database.insert('dead_letters_raw', [
    ...dead.map((offset) => letter(offset, 'shadow', '1.1.0', 'model.not_finite')),
    letter(5_000, 'production', '1.0.0', 'value.malformed'),
    // Of before the candidate began, and of another candidate.
    letter(3, 'production', '1.0.0', 'value.malformed'),
    letter(5_001, 'shadow', '1.2.0', 'value.malformed'),
  ]);
}

async function feedOutcomes(room: DriftRoom, converted: readonly LeadScored[]): Promise<void> {
  const outcomes = converted.map(({ lead_id, event_id, event_time: timeMs }, i) =>
    toOutcomeRow({
      lead_id,
      // Some answer their event, the others the lead's newest.
      event_id: i % 2 === 0 ? event_id : null,
      converted: true,
      label: null,
      value: i % 3 === 0 ? 100 : null,
      occurred_at: timeMs + DAY_MS,
      recorded_at: timeMs + DAY_MS,
    }),
  );
  await room.database.insert('lead_outcomes', outcomes);
}
