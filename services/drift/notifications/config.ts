import { rereadSecret } from '@scoreline/runtime/config/secrets.ts';
import { z } from 'zod';
import { nameAlertmanager } from './name-alertmanager.ts';

const WHAT_A_SINK_IS = 'an http or https URL without user and password, which have variables of their own';

function isSinkUrl(text: string): boolean {
  if (!URL.canParse(text)) return false;
  const { protocol, username, password } = new URL(text);
  return /^https?:$/.test(protocol) && username === '' && password === '';
}

/** A trailing slash makes no other of it. */
function areDistinct(urls: readonly string[]): boolean {
  const names = urls.filter(isSinkUrl).map(nameAlertmanager);
  return new Set(names).size === names.length;
}

/** Where announced alerts go beside the topic. Secrets may stand in files, which are read for each request. */
export const notificationEnv = {
  /** One or several, separated by commas: each of a cluster gets everything. */
  ALERTMANAGER_URL: z
    .string()
    .default('')
    .transform((list) => list.split(',').flatMap((url) => (url.trim() === '' ? [] : [url.trim()])))
    .refine((urls) => urls.every(isSinkUrl), WHAT_A_SINK_IS)
    .refine(areDistinct, 'each Alertmanager once, by host and path'),
  ALERTMANAGER_USER: z.string().optional(),
  ALERTMANAGER_PASSWORD: rereadSecret(),
  ALERTMANAGER_BEARER_TOKEN: rereadSecret(),
  ALERT_WEBHOOK_URL: z.string().refine(isSinkUrl, WHAT_A_SINK_IS).optional(),
  /** Signs each delivery; `whsec_…` is base64, anything else is taken as it is. */
  ALERT_WEBHOOK_SECRET: rereadSecret(),
  /** Where people look at an alert; `{alert_id}`, `{model}`, `{subject}` … are replaced. */
  ALERT_LINK_URL: z.string().optional(),
};

const schema = z.object(notificationEnv);

/** The sinks as configured. */
export type NotificationConfig = z.output<typeof schema>;
