import { ClickHouseError } from '@clickhouse/client';
import { expect, test } from 'vitest';
import { explainRefusal, REFUSALS } from './explain.ts';

const answer = (code: string, type: string) => new ClickHouseError({ message: 'what it says', code, type });

test('who is not let in, or may not, is told what to look at', () => {
  expect(explainRefusal(answer('516', 'AUTHENTICATION_FAILED'), 'drift')).toBe(
    "ClickHouse does not let the user 'drift' in: see CLICKHOUSE_USER and CLICKHOUSE_PASSWORD: what it says",
  );
  expect(explainRefusal(answer('497', 'ACCESS_DENIED'))).toBe(
    "the user 'default' lacks a right, see docs/security.md: what it says",
  );
  expect(REFUSALS).toContain('516');
});

test('a certificate that is not trusted names the variable', () => {
  const error = Object.assign(new Error('self-signed'), { code: 'SELF_SIGNED_CERT_IN_CHAIN' });
  expect(explainRefusal(error)).toContain('CLICKHOUSE_SSL_CA_FILE');
});

test('every other error speaks for itself', () => {
  expect(explainRefusal(answer('60', 'UNKNOWN_TABLE'))).toBeUndefined();
  expect(explainRefusal(Object.assign(new Error('no'), { code: 'ECONNREFUSED' }))).toBeUndefined();
});
