import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterAll, expect, test } from 'vitest';
import { createCertificateAuthority } from '../testing/certificates.ts';
import { tellCertificateEnds } from './certificate-ends.ts';

const folder = mkdtempSync(join(tmpdir(), 'scoreline-ends-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const ca = createCertificateAuthority('a CA');
const endingAt = (text: string): string =>
  ca.issue('any', { fromMs: Date.now() - 60_000, toMs: Date.parse(text) }).cert;

let files = 0;
const write = (...texts: readonly string[]): string => {
  const path = join(folder, String((files += 1)));
  writeFileSync(path, texts.join(''));
  return path;
};

async function endsOf(config: Readonly<Record<string, unknown>>): Promise<Record<string, string>> {
  const registry = new Registry();
  tellCertificateEnds({ log: pino({ level: 'silent' }), registry }, config);
  const [metric] = await registry.getMetricsAsJSON();
  return Object.fromEntries(
    (metric?.values ?? []).map(({ labels, value }) => [
      String(labels['variable']),
      new Date(value * 1000).toISOString(),
    ]),
  );
}

test('each file of a connection tells when what it holds ends', async () => {
  expect(
    await endsOf({
      KAFKA_BROKERS: ['127.0.0.1:9092'],
      KAFKA_SSL_CERT_FILE: write(endingAt('2030-01-02T00:00:00Z')),
      KAFKA_SSL_KEY_FILE: '/not/looked/at',
      CLICKHOUSE_SSL_CA_FILE: write(endingAt('2031-01-02T00:00:00Z')),
    }),
  ).toEqual({
    KAFKA_SSL_CERT_FILE: '2030-01-02T00:00:00.000Z',
    CLICKHOUSE_SSL_CA_FILE: '2031-01-02T00:00:00.000Z',
  });
});

test('a chain ends with its first, a bundle of CAs with its last', async () => {
  const both = [endingAt('2030-01-02T00:00:00Z'), endingAt('2029-01-02T00:00:00Z')];
  expect(await endsOf({ KAFKA_SSL_CERT_FILE: write(...both), KAFKA_SSL_CA_FILE: write(...both) })).toEqual({
    KAFKA_SSL_CERT_FILE: '2029-01-02T00:00:00.000Z',
    KAFKA_SSL_CA_FILE: '2030-01-02T00:00:00.000Z',
  });
});

test('without files nothing is told', async () => {
  expect(await endsOf({ KAFKA_SSL: 'true', KAFKA_SSL_CA_FILE: undefined })).toEqual({});
});
