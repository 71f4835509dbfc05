import { createHmac } from 'node:crypto';
import { alertOf } from '@scoreline/core/alerts/testing/given.ts';
import { NO_ALERTS } from '@scoreline/core/alerts/decide.ts';
import type { PostableAlert } from '@scoreline/core/alerts/delivery/postable-alerts.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { storeDecisions } from '@scoreline/drift/alerts/decisions.ts';
import { createAlertmanagerTurn } from '@scoreline/drift/notifications/alertmanager.ts';
import type { DeliveryFact, NotificationEvents } from '@scoreline/drift/notifications/notification-events.ts';
import { createWebhookTurn } from '@scoreline/drift/notifications/webhook.ts';
import { followSecret, type Secret } from '@scoreline/runtime/config/secrets.ts';
import { afterEach, beforeEach, describe, expect, inject, test } from 'vitest';
import { type AlertReceiver, findFaultWithPost, startAlertReceiver } from '../support/alert-receiver.ts';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';

/** From a decision to whoever is to be told: the outbox, who speaks for whom, Alertmanager, webhook. */
const env = inject('stackEnv');
const HOUR_MS = 3_600_000;
let room: DriftRoom;
let receiver: AlertReceiver;
let nowMs: number;
let facts: DeliveryFact[];
let problems: Map<string, string>;

const PSI = alertOf();
const KS = alertOf({ statistic: 'ks', value: 0.19 });
const AGE = alertOf({ subject: 'age' });

beforeEach(async () => {
  nowMs = Date.now();
  facts = [];
  problems = new Map();
  room = await openDriftRoom(env.CLICKHOUSE_URL);
});
afterEach(async () => {
  await room.end();
  await receiver?.close();
});

const events: NotificationEvents = {
  attempted: (fact) => void facts.push(fact),
  sinkSeen: (sink, problem) => void problems.set(sink, problem),
  sinkLeft: (sink) => void problems.delete(sink),
};
const deps = () => ({ database: room.database, events, isOwner: () => true, nowMs: () => nowMs });

/** One decision of the n-th hour with these changes. */
async function decideHour(n: number, ...changes: readonly ScoringAlert[]): Promise<void> {
  const startMs = n * HOUR_MS;
  const window = { window_start: startMs, window_end: startMs + HOUR_MS, raised_at: nowMs };
  await storeDecisions(room.database, [
    {
      model: 'bank-leads',
      modelVersion: '1.0.0',
      role: 'production',
      size: 'PT1H',
      clock: 'event',
      startMs,
      endMs: startMs + HOUR_MS,
      revision: 0,
      state: NO_ALERTS,
      changes: changes.map((change) => ({ ...change, ...window })),
    },
  ]);
}
const resolved = (alert: ScoringAlert): ScoringAlert => ({ ...alert, state: 'resolved' });

function readAlerts(where = '1'): Promise<{ statistic: string; state: string; voice: string | null }[]> {
  return room.database.query(
    `SELECT statistic, state, arrayElement(splitByChar('/', silenced_by), 4) AS voice FROM alerts WHERE ${where} ORDER BY position`,
  );
}

describe('who speaks for whom', () => {
  test('is settled before it is published: after a crash the same records go again, whatever was decided meanwhile', async () => {
    await decideHour(5, PSI);
    room.crashAt('alerts_raw', 'before');
    await expect(room.publish()).rejects.toThrow('crash');
    // Of an earlier hour, so it would come first and be the voice.
    await decideHour(4, KS);
    await room.publish();
    await room.publish();
    expect(room.alerts.map(({ statistic, silenced_by: by }) => [statistic, by])).toEqual([
      ['psi', null],
      ['psi', null],
      ['ks', PSI.alert_id],
    ]);
    expect(room.alerts[0]).toEqual(room.alerts[1]);
    expect(await readAlerts()).toEqual([
      { statistic: 'psi', state: 'firing', voice: '' },
      { statistic: 'ks', state: 'firing', voice: 'psi' },
    ]);
  });

  test('is known again after a restart: when the voice resolves, the one that fires on is announced', async () => {
    await decideHour(1, PSI, KS);
    await room.publish();
    await decideHour(2, resolved(PSI));
    await room.publish();
    const firing = await room.database.query(`SELECT alert_id, silenced_by FROM firing_alerts`);
    expect(firing).toEqual([{ alert_id: KS.alert_id, silenced_by: null }]);
    await decideHour(3, resolved(KS));
    await room.publish();
    expect(await readAlerts(`statistic = 'ks'`)).toEqual([
      { statistic: 'ks', state: 'firing', voice: 'psi' },
      { statistic: 'ks', state: 'firing', voice: '' },
      { statistic: 'ks', state: 'resolved', voice: '' },
    ]);
    expect(await room.database.query(`SELECT alert_id FROM firing_alerts`)).toEqual([]);
  });
});

describe('Alertmanager', () => {
  const posts = (): PostableAlert[][] =>
    receiver.received.map(({ body }) => JSON.parse(body) as PostableAlert[]);
  const turnTo = (url: string): (() => Promise<'done'>) =>
    createAlertmanagerTurn(deps(), { url, authorization: async () => 'Bearer t' });

  test('is told all that fires at once, each minute and after a restart, what resolved for a while', async () => {
    receiver = await startAlertReceiver(findFaultWithPost);
    await decideHour(1, PSI, KS, AGE);
    await room.publish();
    const turn = turnTo(receiver.url);
    await turn();
    const subjects = posts()[0]!.map(({ labels }) => labels['subject']);
    expect(new Set(subjects)).toEqual(new Set(['age', 'euribor3m']));
    const euribor = posts()[0]!.find(({ labels }) => labels['subject'] === 'euribor3m')!;
    expect(euribor.annotations['stands_for']).toBe(KS.alert_id);
    expect(Date.parse(euribor.endsAt)).toBe(nowMs + 240_000);
    expect(receiver.received[0]!.headers.authorization).toBe('Bearer t');

    await turn();
    expect(posts()).toHaveLength(1);
    nowMs += 60_000;
    await turn();
    await turnTo(receiver.url)();
    expect(posts()).toHaveLength(3);

    await decideHour(2, resolved(AGE));
    await room.publish();
    await turn();
    const age = posts()[3]!.find(({ labels }) => labels['subject'] === 'age')!;
    expect([Date.parse(age.startsAt), Date.parse(age.endsAt)]).toEqual([nowMs - 60_000, nowMs]);
    const stored = await room.database.query(
      `SELECT sink, outcome, count() AS n FROM alert_deliveries GROUP BY ALL`,
    );
    expect(stored).toEqual([
      { sink: `alertmanager ${new URL(receiver.url).host}`, outcome: 'delivered', n: 3 },
    ]);
  });

  test('that is away holds up nothing and is told everything when it is back', async () => {
    receiver = await startAlertReceiver(findFaultWithPost);
    receiver.answerWith(503);
    const turn = turnTo(receiver.url);
    await decideHour(1, PSI);
    await room.publish();
    await expect(turn()).rejects.toThrow('HTTP 503');
    await decideHour(2, AGE);
    await room.publish();
    expect(room.alerts).toHaveLength(2);
    const [sink] = await room.database.query<{ problem: string }>(`SELECT problem FROM alert_sinks`);
    expect(sink!.problem).toContain('HTTP 503');
    receiver.answerWith(200);
    await turn();
    expect(posts().at(-1)).toHaveLength(2);
    expect([...problems.values()]).toEqual(['']);
    expect(facts.map(({ outcome }) => outcome)).toEqual(['delivered', 'delivered']);
  });

  test('hears nothing from an instance that isn’t the owner', async () => {
    receiver = await startAlertReceiver(findFaultWithPost);
    const authorization = async (): Promise<undefined> => undefined;
    await createAlertmanagerTurn({ ...deps(), isOwner: () => false }, { url: receiver.url, authorization })();
    expect(receiver.received).toEqual([]);
  });
});

describe('the webhook', () => {
  const SECRET = `whsec_${Buffer.from('a key that nobody knows').toString('base64')}`;
  const turnTo = (url: string, secret: Secret = async () => SECRET): (() => Promise<unknown>) =>
    createWebhookTurn(deps(), { url: `${url}/hook?token=t`, secret });
  const states = (): string[] =>
    receiver.received.map(({ body }) => {
      const { subject, state } = JSON.parse(body) as ScoringAlert;
      return `${subject} ${state}`;
    });

  test('gets each announced change once, signed, as it stands on the topic', async () => {
    receiver = await startAlertReceiver();
    await decideHour(1, PSI, KS);
    await room.publish();
    const turn = turnTo(receiver.url);
    await turn();
    await turn();
    await turnTo(receiver.url)();
    expect(receiver.received).toHaveLength(1);
    const [{ headers, body, path }] = receiver.received as [(typeof receiver.received)[0]];
    expect(path).toBe('/hook?token=t');
    expect(JSON.parse(body)).toEqual(room.alerts.find(({ statistic }) => statistic === 'psi'));
    const signed = `${String(headers['webhook-id'])}.${String(headers['webhook-timestamp'])}.${body}`;
    const signature = createHmac('sha256', 'a key that nobody knows').update(signed).digest('base64');
    expect(headers['webhook-signature']).toBe(`v1,${signature}`);
  });

  test('an alert’s changes keep their order, others pass; after a day a change is given up, visibly', async () => {
    receiver = await startAlertReceiver();
    receiver.answerWith(({ body }) => ((JSON.parse(body) as ScoringAlert).subject === 'age' ? 422 : 204));
    await decideHour(1, AGE);
    await decideHour(2, resolved(AGE), PSI);
    await room.publish();
    const turn = turnTo(receiver.url);
    await turn();
    expect(states()).toEqual(['age firing', 'euribor3m firing']);
    await turn();
    expect(states()).toHaveLength(2);
    nowMs += 5_000;
    await turn();
    expect(states().slice(2)).toEqual(['age firing']);
    const [before, again] = [receiver.received[0]!, receiver.received[2]!];
    expect(again.headers['webhook-id']).toBe(before.headers['webhook-id']);

    // A day after it was published, by the clock of the database, which has gone on meanwhile.
    nowMs = Date.now() + 24 * HOUR_MS;
    receiver.answerWith(({ body }) => ((JSON.parse(body) as ScoringAlert).state === 'firing' ? 422 : 204));
    await turn();
    await turn();
    const outcomes = await room.database.query(
      `SELECT outcome, attempts, problem FROM alert_deliveries ORDER BY position`,
    );
    expect(outcomes).toEqual([
      { outcome: 'given_up', attempts: 3, problem: expect.stringContaining('HTTP 422') },
      { outcome: 'delivered', attempts: 1, problem: '' },
      { outcome: 'delivered', attempts: 1, problem: '' },
    ]);
    expect(JSON.stringify([outcomes, facts])).not.toContain('token');
  });

  test('that can’t be reached, or whose secret can’t be had, is said to be so and tried again', async () => {
    receiver = await startAlertReceiver();
    await decideHour(1, PSI);
    await room.publish();
    const gone = followSecret({ ALERT_WEBHOOK_SECRET_FILE: '/nowhere' }, 'ALERT_WEBHOOK_SECRET');
    await expect(turnTo(receiver.url, gone)()).rejects.toThrow('ALERT_WEBHOOK_SECRET_FILE: there is no such');
    await expect(turnTo('http://127.0.0.1:1')()).resolves.toBe('done');
    nowMs += 5_000;
    await expect(turnTo('http://127.0.0.1:1')()).rejects.toThrow('can not be reached');
    nowMs += 10_000;
    await turnTo(receiver.url)();
    expect(states()).toEqual(['euribor3m firing']);
    const [row] = await room.database.query(`SELECT outcome, attempts FROM alert_deliveries`);
    expect(row).toEqual({ outcome: 'delivered', attempts: 3 });
  });
});
