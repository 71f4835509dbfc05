import type { DriftTask } from '../tasks.ts';
import { createAlertmanagerTurn, type SinkDeps } from './alertmanager.ts';
import type { NotificationConfig } from './config.ts';
import { nameAlertmanager } from './name-alertmanager.ts';
import { createWebhookTurn } from './webhook.ts';

const LOOK_EVERY_MS = 2_000;

/**
 * Tells announced alerts to the sinks that are configured, each by a task of its own: one that is away holds up neither
 * the others nor windows nor the topic.
 */
export function createNotificationTasks(
  deps: SinkDeps,
  config: NotificationConfig,
): readonly DriftTask<string>[] {
  const authorization = createAuthorization(config);
  const linkTemplate = config.ALERT_LINK_URL;
  const tasks: DriftTask<string>[] = config.ALERTMANAGER_URL.map((url) => ({
    name: nameAlertmanager(url),
    turn: createAlertmanagerTurn(deps, { url, authorization, linkTemplate }),
    everyMs: LOOK_EVERY_MS,
  }));
  if (config.ALERT_WEBHOOK_URL !== undefined) {
    const { ALERT_WEBHOOK_URL: url, ALERT_WEBHOOK_SECRET: secret } = config;
    const turn = createWebhookTurn(deps, { url, secret });
    tasks.push({ name: 'webhook', turn, everyMs: LOOK_EVERY_MS });
  }
  return tasks;
}

function createAuthorization(config: NotificationConfig): () => Promise<string | undefined> {
  return async () => {
    const bearer = await config.ALERTMANAGER_BEARER_TOKEN();
    if (bearer !== undefined) return `Bearer ${bearer}`;
    if (config.ALERTMANAGER_USER === undefined) return undefined;
    const credentials = `${config.ALERTMANAGER_USER}:${(await config.ALERTMANAGER_PASSWORD()) ?? ''}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  };
}
