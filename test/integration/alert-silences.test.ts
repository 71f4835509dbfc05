import { alertOf } from '@scoreline/core/alerts/testing/given.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { type SilenceWish, silenceAlerts, unsilenceAlerts } from '@scoreline/cli/alerts/silence-alerts.ts';
import { publishDecisions } from '@scoreline/drift/alerts/publish-decisions.ts';
import { createAlertmanagerTurn } from '@scoreline/drift/notifications/alertmanager.ts';
import type { DeliveryFact } from '@scoreline/drift/notifications/notification-events.ts';
import { createWebhookTurn } from '@scoreline/drift/notifications/webhook.ts';
import { putIntoOutbox } from '@scoreline/runtime/alerts/outbox.ts';
import { readPastSilences, saveSilence } from '@scoreline/runtime/alerts/silences.ts';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { type AlertReceiver, startAlertReceiver } from '../support/alert-receiver.ts';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { type FakeAlertmanager, startFakeAlertmanager } from '../support/fake-alertmanager.ts';

/** What a person silences: decided, stored and published, told to nobody, and told again when it is over. */
const env = inject('stackEnv');
const HOUR_MS = 3_600_000;
let room: DriftRoom;
let hook: AlertReceiver;
let alertmanager: FakeAlertmanager;
let nowMs: number;
let facts: DeliveryFact[];
let tellHook: () => Promise<unknown>;
let tellAlertmanager: () => Promise<unknown>;

beforeEach(async () => {
  nowMs = Date.now();
  facts = [];
  room = await openDriftRoom(env.CLICKHOUSE_URL, { nowMs: () => nowMs });
  [hook, alertmanager] = await Promise.all([startAlertReceiver(), startFakeAlertmanager()]);
  const events = {
    attempted: (fact: DeliveryFact) => void facts.push(fact),
    sinkSeen: () => {},
    sinkLeft: () => {},
  };
  const deps = { database: room.database, events, isOwner: () => true, nowMs: () => nowMs };
  tellHook = createWebhookTurn(deps, { url: hook.url, secret: async () => undefined });
  const authorization = async (): Promise<undefined> => undefined;
  tellAlertmanager = createAlertmanagerTurn(deps, { url: alertmanager.url, authorization });
});
afterEach(async () => {
  await Promise.all([room.end(), hook.close(), alertmanager.close()]);
});

const PSI = alertOf();
const AGE = alertOf({ subject: 'age' });
let hour = 0;

async function publish(alert: ScoringAlert, more: Partial<ScoringAlert> = {}): Promise<void> {
  const startMs = ++hour * HOUR_MS;
  const window = { window_start: startMs, window_end: startMs + HOUR_MS, raised_at: nowMs };
  await putIntoOutbox(room.database, { ...alert, ...window, ...more });
  await room.publish();
  nowMs += 1_000;
}

function silence(id: string, wish: Partial<SilenceWish>) {
  const nothing = { alertId: undefined, signal: undefined, subject: undefined, model: undefined };
  const asked = { ...nothing, lengthMs: HOUR_MS, reason: 'the bank knows', actor: 'anna', ...wish };
  return silenceAlerts(room.database, asked, { id, nowMs });
}

const heard = (): string[] =>
  hook.received.map(({ body }) => {
    const { subject, state, severity } = JSON.parse(body) as ScoringAlert;
    return `${subject} ${state === 'firing' ? severity : state}`;
  });

test('nobody is told of what fires in a silence; it is published, marked, and told when that is over', async () => {
  expect((await silence('s1', { signal: 'feature_drift', subject: 'euribor3m' })).ok).toBe(true);
  await publish(PSI);
  await publish(AGE);
  await tellHook();
  await tellHook();
  expect(heard()).toEqual(['age warning']);
  expect(room.alerts.map(({ subject, silence: id }) => [subject, id])).toEqual([
    ['euribor3m', 's1'],
    ['age', null],
  ]);
  const [stored] = await room.database.query(
    `SELECT silence, outcome FROM alerts AS a INNER JOIN alert_deliveries AS d ON a.position = d.position WHERE subject = 'euribor3m'`,
  );
  expect(stored).toEqual({ silence: 's1', outcome: 'silenced' });

  nowMs += HOUR_MS;
  await tellHook();
  await tellHook();
  expect(heard()).toEqual(['age warning', 'euribor3m warning']);
  await publish(PSI, { state: 'resolved' });
  await tellHook();
  expect(heard().slice(2)).toEqual(['euribor3m resolved']);
  expect(facts.map(({ outcome }) => outcome)).toEqual(['silenced', 'delivered', 'delivered', 'delivered']);
});

test('what fires on after days of silence has a day from then on to be told', async () => {
  await silence('s1', { signal: PSI.signal, lengthMs: 48 * HOUR_MS });
  await publish(PSI);
  await tellHook();
  nowMs += 48 * HOUR_MS;
  hook.answerWith(503);
  for (const waitMs of [0, 5_000, 23 * HOUR_MS]) {
    nowMs += waitMs;
    await expect(tellHook()).rejects.toThrow('503');
  }
  hook.answerWith(200);
  hook.received.length = 0;
  nowMs += HOUR_MS - 5_000;
  await tellHook();
  expect(heard()).toEqual(['euribor3m warning']);
  expect(facts.map(({ outcome }) => outcome)).toEqual([
    'silenced',
    'retrying',
    'retrying',
    'retrying',
    'delivered',
  ]);
});

test('what was tried several times before its silence is told once after it', async () => {
  await publish(PSI);
  hook.answerWith(422);
  for (const waitMs of [0, 5_000, 10_000]) {
    nowMs += waitMs;
    await tellHook();
  }
  await silence('s1', { alertId: PSI.alert_id });
  nowMs += 20_000;
  await tellHook();
  expect(heard()).toHaveLength(3);
  hook.answerWith(200);
  nowMs += HOUR_MS;
  await tellHook();
  await tellHook();
  expect(heard()).toHaveLength(4);
});

test('the end of what people know of is told in a silence, of what they never heard of it is not', async () => {
  await publish(PSI);
  await tellHook();
  await silence('s1', { alertId: PSI.alert_id });
  await silence('s2', { signal: 'feature_drift', subject: 'age' });
  await publish(PSI, { severity: 'critical' });
  await publish(AGE);
  await tellHook();
  await publish(PSI, { state: 'resolved', severity: 'critical' });
  await publish(AGE, { state: 'resolved' });
  await tellHook();
  nowMs += 2 * HOUR_MS;
  await tellHook();
  expect(heard()).toEqual(['euribor3m warning', 'euribor3m resolved']);
});

test('Alertmanager silences what we do, once, and ends that when we do; what was ended there stays so', async () => {
  await publish(PSI);
  await silence('s1', { alertId: PSI.alert_id });
  await tellAlertmanager();
  await silence('s2', { signal: 'latency', model: 'bank-leads' });
  await tellAlertmanager();
  await tellAlertmanager();
  expect(alertmanager.posts().at(-1)).toHaveLength(1);
  const [first, second] = alertmanager.silences;
  expect(alertmanager.silences).toHaveLength(2);
  expect(first).toMatchObject({ createdBy: 'anna', comment: 'the bank knows (scoreline silence s1)' });
  expect(Object.fromEntries(second!.matchers.map(({ name, value }) => [name, value]))).toEqual({
    alertname: 'Latency',
    signal: 'latency',
    model: 'bank-leads',
  });

  second!.status = { state: 'expired' };
  expect(await unsilenceAlerts(room.database, 's1', { actor: 'ben', nowMs })).toMatchObject({ ok: true });
  nowMs += 60_000;
  await tellAlertmanager();
  expect(alertmanager.silences.map(({ status }) => status.state)).toEqual(['expired', 'expired']);
});

test('a silence of what no alert ever was about is told so, one of what does not fire now is not', async () => {
  await publish(PSI);
  await publish(PSI, { state: 'resolved' });
  const { signal } = PSI;
  const linesOf = async (wish: Partial<SilenceWish>): Promise<string> =>
    (await silence('s1', wish)).lines.join('\n');
  expect(await linesOf({ signal, subject: 'euribor' })).toContain('there never was such an alert');
  expect(await linesOf({ signal, model: 'bank' })).toContain('there never was such an alert');
  expect(await linesOf({ signal, model: PSI.model })).toContain('none of them is announced now');
});

test('there may be a thousand silences; more, or silences that can’t be read, stop no alert', async () => {
  const endless = { alerts: { signal: 'cost' }, startsAtMs: nowMs, endsAtMs: nowMs + HOUR_MS, reason: 'r' };
  await saveSilence(room.database, { ...endless, id: 'first', actor: 'anna' });
  await room.database.command(
    `INSERT INTO alert_silences_raw SELECT * EXCEPT number REPLACE (concat('many ', toString(number)) AS silence_id)
    FROM alert_silences_raw, numbers(999) AS n`,
  );
  const refused = await silence('s1', { signal: PSI.signal });
  expect(refused).toMatchObject({ ok: false, lines: [expect.stringContaining('1000 silences hold')] });
  await saveSilence(room.database, { ...endless, id: 'one more', actor: 'anna' });
  await publish(PSI);
  await tellHook();
  expect(heard()).toEqual(['euribor3m warning']);

  await putIntoOutbox(room.database, AGE);
  const unread: unknown[] = [];
  const records = await publishDecisions(
    {
      ...room.database,
      query: async (sql, params) => {
        if (sql.includes('alert_silences')) throw new Error('access denied');
        return room.database.query(sql, params);
      },
    },
    async () => {},
    { nowMs, isOwner: () => true, silencesUnread: (error) => void unread.push(error) },
  );
  expect(records).toMatchObject([{ subject: 'age', silence: null }]);
  expect(unread).toHaveLength(1);
});

test('a copy that was ended in Alertmanager stays so when that forgets it; one that it lost is made again', async () => {
  await silence('s1', { signal: 'latency', lengthMs: 720 * HOUR_MS });
  await silence('s2', { signal: 'cost', lengthMs: 720 * HOUR_MS });
  const look = async (): Promise<void> => {
    nowMs += 60_000;
    await tellAlertmanager();
  };
  await look();
  const [copy] = alertmanager.silences;
  copy!.status = { state: 'expired' };
  await look();

  nowMs += 121 * HOUR_MS;
  alertmanager.silences.length = 0;
  await look();
  await look();
  expect(alertmanager.silences).toHaveLength(1);
  expect(alertmanager.silences[0]!.comment).not.toBe(copy!.comment);
  expect(
    await room.database.query(`SELECT silence_id, state FROM alert_silence_copies ORDER BY state`),
  ).toEqual([
    { silence_id: expect.any(String), state: 'active' },
    { silence_id: /silence (\w+)/.exec(copy!.comment)?.[1], state: 'ended' },
  ]);
});

test('who silenced what and who ended it stays on record; mistakes are told before anything is silenced', async () => {
  const refused = [
    await silence('a', {}),
    await silence('b', { alertId: PSI.alert_id, signal: 'latency' }),
    await silence('c', { alertId: 'bank-leads/1.0.0/no/such/alert' }),
    await unsilenceAlerts(room.database, 'd', { actor: 'ben', nowMs }),
    await silence('e', { signal: 'feature-drift' }),
    await silence('f', { alertId: PSI.alert_id, subject: PSI.subject }),
    await silence('g', { alertId: PSI.alert_id, model: PSI.model }),
  ];
  expect(refused.map(({ ok }) => ok)).toEqual(refused.map(() => false));
  expect(refused[4]!.lines[0]).toContain("no signal 'feature-drift': it is one of feature_drift,");
  expect(await readPastSilences(room.database)).toEqual([]);
  await publish(PSI);
  const told = await silence('s1', { alertId: PSI.alert_id });
  expect(told.lines).toContain(`    warning   ${PSI.alert_id}`);
  await unsilenceAlerts(room.database, 's1', { actor: 'ben', nowMs });
  expect(await unsilenceAlerts(room.database, 's1', { actor: 'eve', nowMs })).toMatchObject({ ok: false });
  const [record, ...others] = await readPastSilences(room.database);
  expect(others).toEqual([]);
  expect(record).toMatchObject({ id: 's1', actor: 'anna', reason: 'the bank knows', endedBy: 'ben' });
  expect(record!.endsAtMs).toBe(nowMs);
  expect(record!.alerts.alertId).toBe(PSI.alert_id);
});
