import { alertOf } from '@scoreline/core/alerts/testing/given.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { type AlertReader, createAlertReader } from '@scoreline/runtime/alerts/alert-reader.ts';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';

/** What people read of more alerts than an answer holds, on the real engine: the newest, never the oldest. */
const HOUR_MS = 3_600_000;
const CHANGES = 1_005;

let room: DriftRoom;
let reader: AlertReader;

/** The n-th change of all, an hour after the one before. */
function changeOf(position: number, alert: Partial<ScoringAlert>) {
  const from = { window_start: position * HOUR_MS, window_end: (position + 1) * HOUR_MS };
  return { ...alertOf(), ...from, raised_at: from.window_end, ...alert, position };
}

beforeAll(async () => {
  room = await openDriftRoom(inject('stackEnv').CLICKHOUSE_URL);
  reader = createAlertReader(room.database);
  const flapping = Array.from({ length: CHANGES }, (_, i) =>
    changeOf(i + 1, { alert_id: 'flapping', state: i % 2 === 0 ? 'firing' : 'resolved' }),
  );
  await room.database.insert('alerts_raw', [
    ...flapping,
    changeOf(2_001, { alert_id: 'urgent', severity: 'critical' }),
    changeOf(2_002, { alert_id: 'over-before', state: 'resolved', severity: 'critical' }),
    changeOf(2_003, { alert_id: 'over', state: 'resolved' }),
    changeOf(2_004, { alert_id: 'silent', silenced_by: 'urgent' }),
  ]);
});
afterAll(() => room.end());

test('of a long life the newest changes, oldest first', async () => {
  const { changes } = (await reader.history('flapping'))!;
  expect(changes.map(({ position }) => position)).toEqual(Array.from({ length: 1_000 }, (_, i) => i + 6));
});

test('of many alerts those that fire, strongest and newest first, then the newest that are over', async () => {
  const idsOf = async (options: Parameters<AlertReader['list']>[0]) =>
    (await reader.list(options)).map(({ latest }) => latest.alert_id);
  const firing = ['urgent', 'silent', 'flapping'];
  expect(await idsOf({ all: true, most: 10 })).toEqual([...firing, 'over', 'over-before']);
  expect(await idsOf({ all: true, most: 4 })).toEqual([...firing, 'over']);
  expect(await idsOf({ all: false, most: 10 })).toEqual(firing);
});

test('an alert stands for those that are cut off, too', async () => {
  expect(await reader.list({ all: true, most: 1 })).toMatchObject([
    { latest: { alert_id: 'urgent' }, standsFor: ['silent'] },
  ]);
});
