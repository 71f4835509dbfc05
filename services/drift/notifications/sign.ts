import { createHmac } from 'node:crypto';

const PREFIX = 'whsec_';

/**
 * The headers of a webhook delivery, as standardwebhooks.com has them: id and time of it, and with a secret the
 * HMAC-SHA256 of `<id>.<timestamp>.<body>`, which the receiver computes too. The same delivery has the same id however
 * often it comes. Throws where the secret has no key in it: anybody could make such a signature.
 */
export function webhookHeaders(
  delivery: { readonly id: string; readonly atMs: number; readonly body: string },
  secret: string | undefined,
): Record<string, string> {
  const timestamp = String(Math.floor(delivery.atMs / 1000));
  const headers = { 'webhook-id': delivery.id, 'webhook-timestamp': timestamp };
  if (secret === undefined) return headers;
  const key = secret.startsWith(PREFIX)
    ? Buffer.from(secret.slice(PREFIX.length), 'base64')
    : Buffer.from(secret);
  if (key.length === 0) throw new Error('ALERT_WEBHOOK_SECRET: no key in it: after whsec_ comes base64');
  const signature = createHmac('sha256', key)
    .update(`${delivery.id}.${timestamp}.${delivery.body}`)
    .digest('base64');
  return { ...headers, 'webhook-signature': `v1,${signature}` };
}
