import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readEnv } from '../config/env.ts';
import { httpEnv, keysWhereOthersReach, toHttpSettings } from './config.ts';

const folder = mkdtempSync(join(tmpdir(), 'scoreline-http-config-'));
const keysFile = join(folder, 'keys');
writeFileSync(keysFile, '# nobody yet\n');
afterAll(() => rmSync(folder, { recursive: true }));

const schema = z.object({ OTHER: z.string().default(''), ...httpEnv(9101) }).check(keysWhereOthersReach);

function problemsOf(env: Record<string, string>): readonly string[] {
  const result = readEnv(schema, env);
  return result.ok ? [] : result.problems.map((problem) => problem.split(':')[0] ?? '');
}

describe('who may listen without keys', () => {
  it.each(['127.0.0.1', '127.0.0.2', '::1', 'localhost'])('%s, which nobody else reaches', (host) => {
    expect(problemsOf({ HTTP_HOST: host })).toEqual([]);
  });

  it.each(['0.0.0.0', '::', '10.0.0.7', '127.0.0.1.example.org', 'scorer'])(
    '%s only with keys, or where that is said to be meant',
    (host) => {
      expect(problemsOf({ HTTP_HOST: host })).toEqual(['HTTP_HOST']);
      expect(problemsOf({ HTTP_HOST: host, HTTP_ALLOW_OPEN: 'false' })).toEqual(['HTTP_HOST']);
      expect(problemsOf({ HTTP_HOST: host, HTTP_KEYS_FILE: keysFile })).toEqual([]);
      expect(problemsOf({ HTTP_HOST: host, HTTP_ALLOW_OPEN: 'true' })).toEqual([]);
    },
  );
});

it('every problem is told at once, the rule between variables with them', () => {
  const env = {
    HTTP_HOST: '0.0.0.0',
    HTTP_PORT: 'x',
    METRICS_PORT: '-1',
    HTTP_RATE_LIMIT: 'many',
    HTTP_ALLOW_OPEN: 'perhaps',
  };
  expect(problemsOf(env)).toEqual([
    'HTTP_PORT',
    'HTTP_ALLOW_OPEN',
    'HTTP_RATE_LIMIT',
    'METRICS_PORT',
    'HTTP_HOST',
  ]);
});

it('a key file is read when the configuration is checked, and what stands in it is never told', () => {
  const broken = join(folder, 'broken');
  writeFileSync(broken, '\nhunter2\n');
  const result = readEnv(schema, { HTTP_KEYS_FILE: broken });
  expect(result).toEqual({
    ok: false,
    problems: ['HTTP_KEYS_FILE: line 2: no JSON object; scoreline keys new prints one'],
  });
  expect(problemsOf({ HTTP_KEYS_FILE: join(folder, 'gone') })).toEqual(['HTTP_KEYS_FILE']);
});

it('settings are what the environment says', () => {
  const result = readEnv(schema, { HTTP_KEYS_FILE: keysFile, METRICS_PORT: '9201', HTTP_RATE_LIMIT: '0' });
  expect(result.ok && toHttpSettings(result.config)).toEqual({
    keysFile,
    requestsPerSecond: 0,
    metrics: { host: '127.0.0.1', port: 9201 },
  });
  const standard = readEnv(schema, {});
  expect(standard.ok && toHttpSettings(standard.config)).toEqual({
    keysFile: undefined,
    requestsPerSecond: 1_000,
    metrics: undefined,
  });
});
