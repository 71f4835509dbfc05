import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { webhookHeaders } from './sign.ts';

const delivery = { id: '7', atMs: 1_700_000_000_999, body: '{"a":1}' };
const signedBy = (key: string): string =>
  `v1,${createHmac('sha256', key).update('7.1700000000.{"a":1}').digest('base64')}`;

test('id and time of a delivery, and no signature without a secret', () => {
  expect(webhookHeaders(delivery, undefined)).toEqual({
    'webhook-id': '7',
    'webhook-timestamp': '1700000000',
  });
});

test('signs with what whsec_ stands for, or with the secret as it is', () => {
  const encoded = `whsec_${Buffer.from('a key').toString('base64')}`;
  expect(webhookHeaders(delivery, encoded)['webhook-signature']).toBe(signedBy('a key'));
  expect(webhookHeaders(delivery, 'a key')['webhook-signature']).toBe(signedBy('a key'));
});

test.each(['', 'whsec_', 'whsec_!'])('a secret without a key in it (%j) signs nothing', (secret) => {
  expect(() => webhookHeaders(delivery, secret)).toThrow('ALERT_WEBHOOK_SECRET: no key');
});
