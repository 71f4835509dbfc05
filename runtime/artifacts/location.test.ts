import { describe, expect, test } from 'vitest';
import { readEnv } from '../config/env.ts';
import { z } from 'zod';
import { artifactEnv, toArtifactStoreSettings } from './config.ts';
import { parsePackageUri, parseRoot } from './location.ts';

describe("a package's address", () => {
  const ref = { model: 'bank-leads', version: '1.1.0-rc.1' };
  const end = 'bank-leads/1.1.0-rc.1';
  test.each([
    [end, undefined],
    [`${end}/`, undefined],
    [`s3://bucket/prefix/${end}`, 's3://bucket/prefix'],
    [`https://models.example.org/${end}`, 'https://models.example.org'],
    [`file:///srv/models/${end}`, 'file:///srv/models'],
    [`/${end}`, '/'],
    [`/srv/models/${end}`, '/srv/models'],
  ])('%s lies in %s', (uri, root) => expect(parsePackageUri(uri)).toEqual({ root, ref }));

  test.each(['bank-leads', 'bank-leads/latest', '../1.0.0', 'a/../../1.0.0', 'Bank/1.0.0', ''])(
    '%s is none',
    (uri) => {
      expect(() => parsePackageUri(uri)).toThrow(/no package's address/);
    },
  );
});

describe('MODEL_STORE', () => {
  test.each([
    ['models', { kind: 'folder', path: 'models' }],
    ['file:///srv/my%20models', { kind: 'folder', path: '/srv/my models' }],
    ['https://example.org/models/', { kind: 'http', url: 'https://example.org/models' }],
    ['s3://bucket', { kind: 's3', bucket: 'bucket', prefix: '' }],
    ['s3://bucket/a/b/', { kind: 's3', bucket: 'bucket', prefix: 'a/b' }],
  ])('%s', (text, root) => expect(parseRoot(text)).toEqual(root));

  const read = (env: Record<string, string>) => readEnv(z.object(artifactEnv), env);

  test.each([
    'ftp://example.org',
    's3://',
    'https://user:secret@example.org/models',
    'https://example.org?x=1',
  ])('%s is refused, without what may be a secret', (text) => {
    const outcome = read({ MODEL_STORE: text });
    const problems = outcome.ok ? [] : outcome.problems;
    expect(problems).toEqual([expect.stringMatching(/^MODEL_STORE: /)]);
    expect(problems.join()).not.toContain('secret');
  });

  test('is the folder of the models where it is not set', () => {
    const outcome = read({ MODELS_DIR: 'elsewhere', AWS_ENDPOINT_URL: 'http://127.0.0.1:9000' });
    expect(outcome.ok && toArtifactStoreSettings(outcome.config)).toMatchObject({
      root: 'elsewhere',
      cacheDir: '.scoreline/models-cache',
      s3: { endpoint: 'http://127.0.0.1:9000' },
    });
  });
});
