import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { until } from '../support/until.ts';

const SHIPPED = join(import.meta.dirname, '../../infra/alertmanager');

/** Where the shipped configuration is to deliver to instead of the world. */
export interface LocalReceivers {
  readonly slackUrl: string;
  readonly pagerDutyUrl: string;
  readonly smtpPort: number;
}

export interface RunningAlertmanager {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Starts the real Alertmanager with the shipped configuration as its README says to fill it in; what differs: local
 * addresses, no TLS to the mail server, and no patience, so that a test need have none.
 */
export async function startAlertmanager(receivers: LocalReceivers): Promise<RunningAlertmanager> {
  const home = mkdtempSync(join(tmpdir(), 'scoreline-alertmanager-'));
  const config = fillIn(home, receivers);
  const port = await findFreePort();
  const args = [
    `--config.file=${config}`,
    `--storage.path=${join(home, 'data')}`,
    `--web.listen-address=127.0.0.1:${port}`,
    '--cluster.listen-address=',
    '--log.level=warn',
  ];
  const child = spawn('prometheus-alertmanager', args, { stdio: ['ignore', 'inherit', 'inherit'] });
  const ended = once(child, 'exit');
  const url = `http://127.0.0.1:${port}`;
  const isReady = async (): Promise<boolean> =>
    fetch(`${url}/-/ready`).then(
      (answer) => answer.ok,
      () => false,
    );
  await until(isReady, 30_000, 'Alertmanager was not ready');
  return {
    url,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

function fillIn(home: string, { slackUrl, pagerDutyUrl, smtpPort }: LocalReceivers): string {
  const secrets = join(home, 'secrets');
  cpSync(SHIPPED, home, { recursive: true });
  mkdirSync(secrets);
  writeFileSync(join(secrets, 'slack-webhook-url'), slackUrl);
  writeFileSync(join(secrets, 'pagerduty-routing-key'), 'routing-key-of-a-service');
  writeFileSync(join(secrets, 'smtp-password'), 'smtp secret');
  const file = join(home, 'alertmanager.yml');
  const changes: readonly (readonly [RegExp, string])[] = [
    [/\/etc\/alertmanager\/secrets/g, secrets],
    [/https:\/\/events\.pagerduty\.com/, pagerDutyUrl],
    [/smtp\.example\.com:587/, `127.0.0.1:${smtpPort}`],
    [/smtp_require_tls: true/, 'smtp_require_tls: false'],
    [/group_(wait|interval): \d+[sm]/g, 'group_$1: 1s'],
  ];
  const filled = changes.reduce(
    (text, [what, by]) => {
      if (text.search(what) === -1) throw new Error(`${file} has no ${what.source}`);
      return text.replaceAll(new RegExp(what.source, 'g'), by);
    },
    readFileSync(file, 'utf8'),
  );
  writeFileSync(file, filled);
  return file;
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => server.close(() => resolve()));
  return port;
}
