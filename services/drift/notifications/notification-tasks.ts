import type { DriftTask } from '../tasks.ts';
import { createAlertmanagerTurn, type SinkDeps } from './alertmanager.ts';
import type { NotificationConfig } from './config.ts';
import { nameAlertmanager } from './name-alertmanager.ts';
import { createSecret } from './secret.ts';
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
    const secret = createSecret(config.ALERT_WEBHOOK_SECRET, config.ALERT_WEBHOOK_SECRET_FILE);
    const turn = createWebhookTurn(deps, { url: config.ALERT_WEBHOOK_URL, secret });
    tasks.push({ name: 'webhook', turn, everyMs: LOOK_EVERY_MS });
  }
  return tasks;
}

function createAuthorization(config: NotificationConfig): () => Promise<string | undefined> {
  const token = createSecret(config.ALERTMANAGER_BEARER_TOKEN, config.ALERTMANAGER_BEARER_TOKEN_FILE);
  const password = createSecret(config.ALERTMANAGER_PASSWORD, config.ALERTMANAGER_PASSWORD_FILE);
  return async () => {
    const bearer = await token();
    if (bearer !== undefined) return `Bearer ${bearer}`;
    if (config.ALERTMANAGER_USER === undefined) return undefined;
    const credentials = `${config.ALERTMANAGER_USER}:${(await password()) ?? ''}`;
    return `Basic ${Buffer.from(credentials).toString('base64')}`;
  };
}
