import { expect, test } from 'vitest';
import { readApiConfig } from './config.ts';

test('the API needs no setting, and tells every wrong one at once', () => {
  expect(readApiConfig({})).toMatchObject({ ok: true, config: { HTTP_PORT: 9104, TOPIC_PREFIX: '' } });
  const wrong = readApiConfig({ HTTP_PORT: 'x', KAFKA_BROKERS: 'nowhere', MODEL_STORE: 'ftp://x' });
  expect(wrong.ok ? [] : wrong.problems.map((line) => line.split(':')[0])).toEqual([
    'KAFKA_BROKERS',
    'MODEL_STORE',
    'HTTP_PORT',
  ]);
});
