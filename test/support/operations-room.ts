import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { toDeadLetterRow } from '@scoreline/drift/ingest/rows.ts';
import { createOperationsWatch } from '@scoreline/drift/operations/watch-operations.ts';
import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { type DriftRoom, openDriftRoom } from './drift-room.ts';
import { createRandom, makeScores } from './synthetic-scores.ts';

export const MINUTE_MS = 60_000;
/** The first minute of a room. */
export const START_MS = Date.UTC(2026, 0, 1, 12);

/** Wall-clock windows, driven minute by minute over scores of a known past. */
export interface OperationsRoom {
  readonly room: DriftRoom;
  /** What drift is told by Kafka. */
  readonly kafka: { readUntilMs: number; leadsWaiting: number };
  /** `count` scores of one minute, each this long after its lead; event times lie years back, as in a replay. */
  scoreMinute(minute: number, count: number, latencyMs: number, more?: ScoreOptions): Promise<void>;
  failMinute(minute: number, count: number, code?: string): Promise<void>;
  /** The task's turns through these minutes, twice each second's worth: a turn too many changes nothing. */
  watchMinutes(from: number, to: number): Promise<void>;
}

export interface ScoreOptions {
  readonly version?: string;
  readonly role?: LeadScored['role'];
  readonly change?: (score: LeadScored, index: number) => LeadScored;
}

const BANK = new URL('../../models/bank-leads/1.0.0', import.meta.url).pathname;

/** Opens one on a database of its own; end its `room` when done. */
export async function openOperationsRoom(
  clickHouseUrl: string,
  options: Parameters<typeof openDriftRoom>[1] = {},
): Promise<OperationsRoom> {
  const { reference } = await loadPackage(BANK);
  const room = await openDriftRoom(clickHouseUrl, options);
  const kafka = { readUntilMs: Infinity, leadsWaiting: 0 };
  let offset = 0;
  return {
    room,
    kafka,
    async scoreMinute(minute, count, latencyMs, more = {}) {
      const { version = '1.0.0', role = 'production', change = (same) => same } = more;
      const fromMs = START_MS + minute * MINUTE_MS;
      const span = { count, fromMs: 0, toMs: MINUTE_MS, firstOffset: offset };
      const scores = makeScores({ reference, random: createRandom(minute) }, span).map(
        (score): LeadScored => ({
          ...score,
          model_version: version,
          role,
          event_time: Date.UTC(2009, 0, 1) + score.event_time,
          scored_at: fromMs + score.event_time,
          source: { ...score.source, timestamp: fromMs + score.event_time - latencyMs },
        }),
      );
      offset += count;
      await room.feed(scores.map(change));
    },
    async failMinute(minute, count, code = 'value.malformed') {
      await room.database.insert('dead_letters_raw', deadLetters(minute, count, code));
    },
    async watchMinutes(from, to) {
      for (let minute = from; minute <= to; minute++) {
        // A fresh one each time, as after a restart.
        const watch = createOperationsWatch({
          database: room.database,
          models: room.models,
          events: { operationsMeasured: () => {} },
          readUntilMs: async () => kafka.readUntilMs,
          leadsWaiting: async () => kafka.leadsWaiting,
          isOwner: () => true,
        });
        const settledMs = START_MS + (minute + 1) * MINUTE_MS + 6_000;
        await watch.tick(settledMs);
        await watch.tick(settledMs + 30_000);
      }
      await room.publish();
    },
  };
}

function deadLetters(minute: number, count: number, code: string): readonly object[] {
  const failedAt = new Date(START_MS + minute * MINUTE_MS + 1_000).toISOString();
  const headers = { 'dlq.error.code': code, 'dlq.failed_at': failedAt };
  return Array.from({ length: count }, (_, i) =>
    toDeadLetterRow('lead-created.dlq', 0, {
      offset: minute * 1_000 + i,
      timestamp: 0,
      key: null,
      value: null,
      headers,
    }),
  );
}
