import { join } from 'node:path';
import { NO_ALERTS } from '@scoreline/core/alerts/decide.ts';
import { alertOf } from '@scoreline/core/alerts/testing/given.ts';
import type { ScoringAlert } from '@scoreline/core/contracts/scoring-alert.ts';
import { silenceAlerts, unsilenceAlerts } from '@scoreline/cli/alerts/silence-alerts.ts';
import { storeDecisions } from '@scoreline/drift/alerts/decisions.ts';
import { createAlertmanagerTurn } from '@scoreline/drift/notifications/alertmanager.ts';
import { afterAll, beforeAll, expect, inject, test } from 'vitest';
import { type AlertReceiver, startAlertReceiver } from '../support/alert-receiver.ts';
import { type DriftRoom, openDriftRoom } from '../support/drift-room.ts';
import { until } from '../support/until.ts';
import { type MailSink, startMailSink } from './alert-receivers.ts';
import { runProgram } from './programs.ts';
import { type RunningAlertmanager, startAlertmanager } from './start-alertmanager.ts';

/** The shipped routing, words and all, in the real Alertmanager: from a decision to what a person gets to see. */
const env = inject('stackEnv');
const CONFIG = join(import.meta.dirname, '../../infra/alertmanager/alertmanager.yml');
const HOUR_MS = 3_600_000;
let room: DriftRoom;
let slack: AlertReceiver;
let pagerDuty: AlertReceiver;
let mail: MailSink;
let alertmanager: RunningAlertmanager;
let turn: () => Promise<'done'>;

beforeAll(async () => {
  room = await openDriftRoom(env.CLICKHOUSE_URL);
  [slack, pagerDuty, mail] = await Promise.all([startAlertReceiver(), startAlertReceiver(), startMailSink()]);
  pagerDuty.answerWith(202);
  alertmanager = await startAlertmanager({
    slackUrl: `${slack.url}/services/T/B/X`,
    pagerDutyUrl: pagerDuty.url,
    smtpPort: mail.port,
  });
  turn = createAlertmanagerTurn(
    {
      database: room.database,
      events: { attempted: () => {}, sinkSeen: () => {}, sinkLeft: () => {} },
      isOwner: () => true,
      nowMs: Date.now,
    },
    {
      url: alertmanager.url,
      authorization: async () => undefined,
      linkTemplate: 'https://scoreline.example.com/alerts/history?id={alert_id}',
    },
  );
});
afterAll(async () => {
  await alertmanager?.stop();
  await Promise.all([slack?.close(), pagerDuty?.close(), mail?.close(), room?.end()]);
});

let hour = 0;

/** Decides these changes in one window, publishes them and tells Alertmanager. */
async function tell(...changes: readonly ScoringAlert[]): Promise<void> {
  const startMs = ++hour * HOUR_MS;
  const window = { window_start: startMs, window_end: startMs + HOUR_MS, raised_at: Date.now() };
  const [first] = changes;
  await storeDecisions(room.database, [
    {
      model: first!.model,
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
  await room.publish();
  await turn();
}

const alertFor = (severity: ScoringAlert['severity'], more: Partial<ScoringAlert> = {}) =>
  alertOf({
    model: `model-${severity}`,
    severity,
    message: `euribor3m has drifted: largest shift: > 4.9 & "more" from 10 % to 71 %.`,
    query: `SELECT count() AS value FROM scores WHERE score < 0.5 AND band = 'A'`,
    runbook: 'https://example.com/runbooks/feature_drift.md',
    ...more,
  });

/** What came to each that is about this model, as plain text. */
function heard(model: string): { slack: string[]; mail: string[]; pagerDuty: string[] } {
  const ofModel = (texts: readonly string[]): string[] => texts.filter((text) => text.includes(model));
  return {
    slack: ofModel(slack.received.map(({ body }) => body)),
    mail: ofModel(mail.mails.map(({ data }) => readMail(data))),
    pagerDuty: ofModel(pagerDuty.received.map(({ body }) => body)),
  };
}

/** Quoted-printable, undone; headers and both parts. */
function readMail(data: string): string {
  const bytes = data
    .replaceAll(/=\r\n/g, '')
    .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return bytes
    .replaceAll('&lt;', '<')
    .replaceAll('&gt;', '>')
    .replaceAll('&#34;', '"')
    .replaceAll('&#39;', `'`);
}

const untilHeard = (model: string, counts: Readonly<Record<'slack' | 'mail' | 'pagerDuty', number>>) =>
  until(
    async () => {
      const got = heard(model);
      return (['slack', 'mail', 'pagerDuty'] as const).every((who) => got[who].length >= counts[who]);
    },
    30_000,
    `not all of ${JSON.stringify(counts)} heard of ${model}`,
  );

test('amtool takes the configuration, and routes by severity', async () => {
  expect(await runProgram('amtool', ['check-config', CONFIG])).toMatchObject({ status: 0 });
  for (const [labels, receiver] of [
    [['severity=info'], 'info'],
    [['severity=warning', 'model=bank-leads'], 'warning'],
    [['severity=critical', 'model=bank-leads'], 'critical'],
    [['severity=critical', 'signal=test'], 'critical'],
    [['severity=warning', 'signal=test'], 'warning'],
    [['severity=info', 'signal=test'], 'info'],
    [['alertname=Unknown'], 'info'],
  ] as const) {
    const run = await runProgram('amtool', [
      'config',
      'routes',
      'test',
      `--config.file=${CONFIG}`,
      ...labels,
    ]);
    expect([labels, run.output.trim().split('\n').at(-1)]).toEqual([labels, receiver]);
  }
});

test('each severity comes to whom it is for, and to nobody else', async () => {
  await tell(alertFor('info'));
  await tell(alertFor('warning'));
  await tell(alertFor('critical'));
  await untilHeard('model-info', { slack: 1, mail: 0, pagerDuty: 0 });
  await untilHeard('model-warning', { slack: 1, mail: 1, pagerDuty: 0 });
  await untilHeard('model-critical', { slack: 1, mail: 1, pagerDuty: 1 });
  expect(heard('model-info')).toMatchObject({ mail: [], pagerDuty: [] });
  expect(heard('model-warning')).toMatchObject({ pagerDuty: [] });
  expect(mail.logins[0]).toBe('scoreline@example.com:smtp secret');
  expect(new Set(mail.mails.flatMap(({ to }) => to))).toEqual(new Set(['scoreline-alerts@example.com']));
});

const LINK = 'https://scoreline.example.com/alerts/history?id=model-critical%2F1.0.0';

test('Slack gets the runbook, the link and the SQL, with its own characters escaped', () => {
  const [body] = heard('model-critical').slack;
  const message = JSON.parse(body!) as {
    channel: string;
    attachments: [{ title: string; title_link: string; text: string; color: string }];
  };
  expect(message.channel).toBe('#scoreline');
  const [{ title, title_link: link, text, color }] = message.attachments;
  expect([title, color]).toEqual([
    '[CRITICAL] model-critical 1.0.0: feature drift: euribor3m of model-critical 1.0.0',
    'danger',
  ]);
  expect(link.startsWith(LINK)).toBe(true);
  expect(text).toContain('largest shift: &gt; 4.9 &amp; "more" from 10 % to 71 %.');
  expect(text).toContain('Look at first: <https://example.com/runbooks/feature_drift.md|runbook>');
  expect(text).toContain(
    `\`\`\`SELECT count() AS value FROM scores WHERE score &lt; 0.5 AND band = 'A'\`\`\``,
  );
});

test('e-mail has the same as text and as HTML', () => {
  const [text] = heard('model-warning').mail;
  expect(text).toContain('Subject: [WARNING] model-warning 1.0.0: feature drift: euribor3m');
  const parts = text!.split(/Content-Type: text\/(?:plain|html)/).slice(1);
  expect(parts).toHaveLength(2);
  for (const part of parts) {
    expect(part).toContain('https://example.com/runbooks/feature_drift.md');
    expect(part).toContain(`SELECT count() AS value FROM scores WHERE score < 0.5 AND band = 'A'`);
    expect(part).toContain('largest shift: > 4.9');
    expect(part).toContain('0.3 (psi, limit 0.2) on 812 leads');
  }
});

test('PagerDuty gets an event with all that is needed at night', () => {
  const [body] = heard('model-critical').pagerDuty;
  const event = JSON.parse(body!) as {
    routing_key: string;
    event_action: string;
    payload: { summary: string; severity: string; component: string; custom_details: { alerts: string } };
    client_url: string;
  };
  expect(event).toMatchObject({
    routing_key: 'routing-key-of-a-service',
    event_action: 'trigger',
    payload: { severity: 'critical', component: 'model-critical 1.0.0', class: 'feature_drift' },
  });
  expect(event.client_url.startsWith(LINK)).toBe(true);
  expect(event.payload.custom_details.alerts).toContain('SELECT count() AS value');
  expect(event.payload.custom_details.alerts).toContain('runbooks/feature_drift.md');
});

test('the end of an alert is told to all who heard of it', async () => {
  const before = heard('model-critical');
  await tell({ ...alertFor('critical'), state: 'resolved' });
  await untilHeard('model-critical', {
    slack: before.slack.length + 1,
    mail: before.mail.length + 1,
    pagerDuty: before.pagerDuty.length + 1,
  });
  const after = heard('model-critical');
  expect(after.slack.at(-1)).toContain('[RESOLVED] model-critical');
  expect(after.mail.at(-1)).toContain('Subject: [RESOLVED] model-critical');
  expect(after.pagerDuty.at(-1)).toContain('"event_action":"resolve"');
});

test('one message stands for many: features that were told before the overall alarm go quiet', async () => {
  const model = 'model-overall';
  await tell(alertFor('warning', { model, subject: 'age' }));
  await untilHeard(model, { slack: 1, mail: 1, pagerDuty: 0 });
  const of = (subject: string) => alertFor('critical', { model, subject, statistic: 'weighted_share' });
  await tell(of('overall'), alertFor('warning', { model, subject: 'job' }));
  await untilHeard(model, { slack: 2, mail: 2, pagerDuty: 1 });
  const answer = await fetch(`${alertmanager.url}/api/v2/alerts?filter=model="${model}"`);
  const alerts = (await answer.json()) as { labels: { subject: string }; status: { state: string } }[];
  expect(Object.fromEntries(alerts.map(({ labels, status }) => [labels.subject, status.state]))).toEqual({
    age: 'suppressed',
    overall: 'active',
  });
  expect(heard(model).pagerDuty.at(-1)).toContain(
    `It stands for: ${model}/1.0.0/feature_drift/psi/job/-/PT1H`,
  );
});

test("an alert of Prometheus' rules, which has no SQL and no model, reads well", async () => {
  const alert = {
    labels: { alertname: 'ScorelineServiceDown', severity: 'critical', job: 'scoreline-scorer' },
    annotations: {
      summary: 'No instance of scoreline-scorer answers.',
      description: 'Without a scorer leads wait.',
      runbook: 'docs/runbooks/service_down.md',
    },
  };
  await fetch(`${alertmanager.url}/api/v2/alerts`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify([alert]),
  });
  await untilHeard('No instance of scoreline-scorer', { slack: 1, mail: 1, pagerDuty: 1 });
  const { slack: told, mail: read } = heard('No instance of scoreline-scorer');
  expect(told[0]).toContain('[CRITICAL] No instance of scoreline-scorer answers.');
  expect(read[0]).not.toContain('Value:');
  expect(read[0]).not.toContain('no value');
});

test('what a person silenced reaches nobody, and what still fires does once that is ended', async () => {
  const alert = alertFor('critical', { model: 'model-silenced' });
  const wish = { alertId: undefined, subject: undefined, lengthMs: HOUR_MS, reason: 'known', actor: 'anna' };
  const asked = { ...wish, signal: alert.signal, model: alert.model };
  await silenceAlerts(room.database, asked, { id: 'silence-1', nowMs: Date.now() });
  await tell(alert);
  await tell(alertFor('critical', { model: 'model-loud' }));
  await untilHeard('model-loud', { slack: 1, mail: 1, pagerDuty: 1 });
  expect(heard('model-silenced')).toEqual({ slack: [], mail: [], pagerDuty: [] });

  await unsilenceAlerts(room.database, 'silence-1', { actor: 'ben', nowMs: Date.now() });
  await turn();
  await untilHeard('model-silenced', { slack: 1, mail: 1, pagerDuty: 1 });
});
