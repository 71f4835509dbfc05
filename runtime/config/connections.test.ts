import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createCertificateAuthority, encryptKey } from '../testing/certificates.ts';
import { clickHouseEnv, streamEnv, toClickHouseSettings } from './common.ts';
import { readEnv } from './env.ts';
import { toKafkaAccess } from './kafka.ts';
import { toRegistryAccess } from './schema-registry.ts';

const schema = z.object({ ...streamEnv, ...clickHouseEnv });
const SECRET = 'hunter2-marked';
const ca = createCertificateAuthority('a CA');
const scorer = ca.issue('scorer');

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'scoreline-config-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let files = 0;
const write = (text: string): string => {
  const path = join(folder, String((files += 1)));
  writeFileSync(path, text);
  return path;
};

function problemsOf(env: Record<string, string>): string[] {
  const result = readEnv(schema, env);
  return result.ok ? [] : [...result.problems].sort();
}

function configOf(env: Record<string, string>): z.output<typeof schema> {
  const result = readEnv(schema, env);
  if (!result.ok) throw new Error(result.problems.join('\n'));
  return result.config;
}

describe('Kafka', () => {
  it('connects plainly unless told otherwise', () => {
    expect(toKafkaAccess(configOf({}))).toEqual({ brokers: ['127.0.0.1:9092'] });
    expect(toKafkaAccess(configOf({ KAFKA_SSL: 'true' }))).toMatchObject({ tls: {} });
  });

  it('takes a CA, a certificate with its encrypted key, and a password from a file', () => {
    const config = configOf({
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA_FILE: write(ca.cert),
      KAFKA_SSL_CERT_FILE: write(scorer.cert),
      KAFKA_SSL_KEY_FILE: write(encryptKey(scorer.key, 'sesame')),
      KAFKA_SSL_KEY_PASSPHRASE: 'sesame',
      KAFKA_SASL_MECHANISM: 'scram-sha-512',
      KAFKA_SASL_USERNAME: 'scorer',
      KAFKA_SASL_PASSWORD_FILE: write(`${SECRET}\n`),
    });
    expect(toKafkaAccess(config)).toEqual({
      brokers: ['127.0.0.1:9092'],
      tls: { ca: ca.cert, cert: scorer.cert, key: scorer.key },
      sasl: { mechanism: 'SCRAM-SHA-512', username: 'scorer', password: SECRET },
    });
  });

  it('names every problem of a connection at once, and no value of it', () => {
    const problems = problemsOf({
      KAFKA_BROKERS: 'nowhere',
      KAFKA_SSL: 'true',
      KAFKA_SSL_CA_FILE: join(folder, SECRET),
      KAFKA_SSL_CERT_FILE: write(scorer.cert),
      KAFKA_SSL_KEY_FILE: write(ca.issue('another').key),
      KAFKA_SASL_MECHANISM: SECRET,
      KAFKA_SASL_PASSWORD: SECRET,
    });
    expect(problems).toEqual([
      'KAFKA_BROKERS: host:port, separated by commas',
      'KAFKA_SASL_MECHANISM: one of SCRAM-SHA-512, SCRAM-SHA-256, PLAIN',
      'KAFKA_SASL_USERNAME: needed with KAFKA_SASL_MECHANISM and KAFKA_SASL_PASSWORD',
      'KAFKA_SSL_CA_FILE: there is no such file',
      'KAFKA_SSL_KEY_FILE: not the key of the certificate in KAFKA_SSL_CERT_FILE',
    ]);
  });

  it('refuses certificates that are over, not yet valid, or none', () => {
    const now = Date.now();
    const tls = (cert: string) => ({
      KAFKA_SSL: 'true',
      KAFKA_SSL_CERT_FILE: write(cert),
      KAFKA_SSL_KEY_FILE: write(scorer.key),
    });
    const over = ca.issue('scorer', { fromMs: now - 9e8, toMs: now - 5_000 });
    const early = ca.issue('scorer', { fromMs: now + 60_000, toMs: now + 9e8 });
    const first = (cert: string): string | undefined => problemsOf(tls(cert))[0];
    expect(first(over.cert)).toMatch(/^KAFKA_SSL_CERT_FILE: expired on 20\d\d-/);
    expect(first(early.cert)).toMatch(/^KAFKA_SSL_CERT_FILE: not valid before 20\d\d-/);
    expect(first('nothing')).toBe('KAFKA_SSL_CERT_FILE: no certificate in PEM');
  });

  it('tells a key that is encrypted from one that its passphrase does not open, and from none', () => {
    const keyProblem = (key: string, more: Record<string, string> = {}): string | undefined =>
      problemsOf({
        KAFKA_SSL: 'true',
        KAFKA_SSL_CERT_FILE: write(scorer.cert),
        KAFKA_SSL_KEY_FILE: write(key),
        ...more,
      })[0];
    const encrypted = encryptKey(scorer.key, 'sesame');
    expect(keyProblem(encrypted)).toBe(
      'KAFKA_SSL_KEY_FILE: the key is encrypted: set KAFKA_SSL_KEY_PASSPHRASE',
    );
    expect(keyProblem(encrypted, { KAFKA_SSL_KEY_PASSPHRASE: SECRET })).toBe(
      'KAFKA_SSL_KEY_FILE: KAFKA_SSL_KEY_PASSPHRASE does not open the key',
    );
    expect(keyProblem(scorer.cert)).toBe('KAFKA_SSL_KEY_FILE: no private key in PEM');
  });

  it('refuses what would have no effect, halves of pairs, and a password that everybody can read', () => {
    const cert = write(scorer.cert);
    expect(problemsOf({ KAFKA_SSL_CERT_FILE: cert })).toEqual([
      'KAFKA_SSL_CERT_FILE: set, but KAFKA_SSL is not true',
      'KAFKA_SSL_KEY_FILE: needed with KAFKA_SSL_CERT_FILE',
    ]);
    expect(
      problemsOf({ KAFKA_SASL_MECHANISM: 'PLAIN', KAFKA_SASL_USERNAME: 'a', KAFKA_SASL_PASSWORD: 'b' }),
    ).toEqual([expect.stringMatching(/^KAFKA_SASL_MECHANISM: PLAIN sends the password readable/)]);
  });
});

describe('schema registry and ClickHouse', () => {
  it('take a user, a password and a CA', () => {
    const config = configOf({
      SCHEMA_REGISTRY_URL: 'https://registry',
      SCHEMA_REGISTRY_USERNAME: 'scorer',
      SCHEMA_REGISTRY_PASSWORD: SECRET,
      SCHEMA_REGISTRY_SSL_CA_FILE: write(ca.cert),
      CLICKHOUSE_URL: 'https://clickhouse',
      CLICKHOUSE_USER: 'writer',
      CLICKHOUSE_PASSWORD_FILE: write(SECRET),
      CLICKHOUSE_SSL_CA_FILE: write(ca.cert),
    });
    expect(toRegistryAccess(config)).toMatchObject({
      credentials: { username: 'scorer', password: SECRET },
      tls: { ca: ca.cert },
    });
    expect(toClickHouseSettings(config)).toMatchObject({
      username: 'writer',
      password: SECRET,
      tls: { ca: ca.cert },
    });
  });

  it('refuse credentials in URLs, which are logged, and files for TLS where there is none', () => {
    expect(
      problemsOf({
        SCHEMA_REGISTRY_URL: `http://me:${SECRET}@registry`,
        SCHEMA_REGISTRY_USERNAME: 'me',
        CLICKHOUSE_URL: `http://me:${SECRET}@clickhouse`,
        CLICKHOUSE_SSL_CA_FILE: write(ca.cert),
      }),
    ).toEqual([
      'CLICKHOUSE_SSL_CA_FILE: set, but CLICKHOUSE_URL is not https',
      'CLICKHOUSE_URL: without user and password: they go to CLICKHOUSE_USER and CLICKHOUSE_PASSWORD',
      'SCHEMA_REGISTRY_PASSWORD: needed with SCHEMA_REGISTRY_USERNAME',
      'SCHEMA_REGISTRY_URL: without user and password: they go to SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD',
    ]);
  });
});
