import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { clickHouseEnv, commonEnv, modelReference, port } from './common.ts';
import { readEnv } from './env.ts';

const schema = z.object({
  ...commonEnv,
  ...clickHouseEnv,
  MODEL: modelReference,
  HTTP_PORT: port(9101),
});

function problemsOf(env: Record<string, string>): string {
  const result = readEnv(schema, { MODEL: 'bank-leads@1.0.0', ...env });
  return result.ok ? '' : result.problems.join('\n');
}

describe('readEnv', () => {
  it('has a default for all but what nobody can guess', () => {
    const result = readEnv(schema, { MODEL: 'bank-leads@1.0.0' });
    expect(result).toEqual({
      ok: true,
      config: {
        KAFKA_BROKERS: ['127.0.0.1:9092'],
        SCHEMA_REGISTRY_URL: 'http://127.0.0.1:8081/apis/ccompat/v7',
        TOPIC_PREFIX: '',
        MODELS_DIR: 'models',
        LOG_LEVEL: 'info',
        CLICKHOUSE_URL: 'http://127.0.0.1:8123',
        CLICKHOUSE_DATABASE: 'scoreline',
        CLICKHOUSE_USER: 'default',
        CLICKHOUSE_PASSWORD: '',
        MODEL: 'bank-leads@1.0.0',
        HTTP_PORT: 9101,
      },
    });
  });

  it('takes an empty variable for one that is not set', () => {
    expect(problemsOf({ KAFKA_BROKERS: '', LOG_LEVEL: '', HTTP_PORT: '' })).toBe('');
    expect(problemsOf({ MODEL: '' })).toMatch(/^MODEL: /);
  });

  it('splits brokers and takes spaces away', () => {
    const result = readEnv(schema, { MODEL: 'a@1.0.0', KAFKA_BROKERS: 'one:9092, two:9093' });
    expect(result).toMatchObject({ config: { KAFKA_BROKERS: ['one:9092', 'two:9093'] } });
  });

  it('names every problem at once, a line each', () => {
    const problems = problemsOf({
      KAFKA_BROKERS: 'localhost',
      SCHEMA_REGISTRY_URL: 'ftp://registry',
      CLICKHOUSE_URL: 'nonsense',
      CLICKHOUSE_DATABASE: 'a-b',
      TOPIC_PREFIX: 'a/b',
      LOG_LEVEL: 'loud',
      HTTP_PORT: '70000',
      MODEL: 'bank-leads',
    }).split('\n');
    expect(problems.map((line) => line.slice(0, line.indexOf(':'))).sort()).toEqual([
      'CLICKHOUSE_DATABASE',
      'CLICKHOUSE_URL',
      'HTTP_PORT',
      'KAFKA_BROKERS',
      'LOG_LEVEL',
      'MODEL',
      'SCHEMA_REGISTRY_URL',
      'TOPIC_PREFIX',
    ]);
    expect(problems.every((line) => /: \S/.test(line))).toBe(true);
  });

  it.each(['', 'host', 'host:', ':9092', 'host:9092,', 'host:9092 other:9092', 'a:1,,b:2'])(
    'refuses brokers that are none: "%s"',
    (brokers) => {
      const unset = brokers === '';
      expect(problemsOf({ KAFKA_BROKERS: brokers })).toMatch(unset ? /^$/ : /host:port, separated by commas/);
    },
  );

  it.each(['-1', '1.5', '65536', 'http', '0x10', ' '])('refuses a port that is none: %s', (value) => {
    expect(problemsOf({ HTTP_PORT: value })).toMatch(/^HTTP_PORT: /);
  });

  it.each(['bank-leads', 'bank-leads@1', '../x@1.0.0', 'Bank@1.0.0', 'bank-leads@1.0.0/../..'])(
    'refuses a model reference that is none: %s',
    (value) => {
      expect(problemsOf({ MODEL: value })).toContain('<name>@<version>');
    },
  );

  it('never repeats a value: it may be a secret in the wrong variable', () => {
    const secret = 'hunter2';
    const variables = [
      'KAFKA_BROKERS',
      'SCHEMA_REGISTRY_URL',
      'CLICKHOUSE_URL',
      'CLICKHOUSE_DATABASE',
      'TOPIC_PREFIX',
      'LOG_LEVEL',
      'HTTP_PORT',
      'MODEL',
    ];
    const problems = problemsOf(Object.fromEntries(variables.map((name) => [name, ` ${secret}!`])));
    expect(problems.split('\n')).toHaveLength(variables.length);
    expect(problems).not.toContain(secret);
  });
});
