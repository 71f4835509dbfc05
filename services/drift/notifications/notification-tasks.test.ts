import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { readEnv } from '@scoreline/runtime/config/env.ts';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { notificationEnv } from './config.ts';
import { createNotificationTasks } from './notification-tasks.ts';

const database: Database = {
  query: async () => [],
  command: async () => {},
  insert: async () => {},
  close: async () => {},
};
const events = { sinkSeen: () => {}, sinkLeft: () => {}, attempted: () => {} };
const deps = { database, events, isOwner: () => false, nowMs: () => 0 };

function namesOf(urls: string): readonly string[] {
  const read = readEnv(z.object(notificationEnv), { ALERTMANAGER_URL: urls });
  if (!read.ok) return read.problems;
  return createNotificationTasks(deps, read.config).map(({ name }) => name);
}

test('Alertmanagers behind one host are tasks of their own, told apart by their paths', () => {
  expect(namesOf('https://a.example/one/, https://a.example/two,http://b.example:9093')).toEqual([
    'alertmanager a.example/one',
    'alertmanager a.example/two',
    'alertmanager b.example:9093',
  ]);
});

test('one that is named twice is refused', () => {
  expect(namesOf('http://a.example:9093,http://a.example:9093/')).toEqual([
    expect.stringContaining('each Alertmanager once'),
  ]);
});

test('secrets in files keep the rules of all others', () => {
  const read = readEnv(z.object(notificationEnv), {
    ALERT_WEBHOOK_URL: 'http://hooks.example/a',
    ALERT_WEBHOOK_SECRET: 'a',
    ALERT_WEBHOOK_SECRET_FILE: '/no/such',
    ALERTMANAGER_PASSWORD_FILE: '/no/such',
  });
  expect(read).toEqual({
    ok: false,
    problems: [
      'ALERTMANAGER_PASSWORD_FILE: there is no such file',
      'ALERT_WEBHOOK_SECRET: set as ALERT_WEBHOOK_SECRET_FILE too: only one of them can be meant',
    ],
  });
});
