import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { readEnv } from './env.ts';
import { asSecret, optionalSecret, readSecret, rereadSecret } from './secrets.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scoreline-secrets-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const write = (text: string): string => {
  const path = join(folder, 'secret');
  writeFileSync(path, text);
  return path;
};

describe('readSecret', () => {
  it('takes the variable, or the file without the line ends after it', () => {
    expect(readSecret({ TOKEN: 'abc' }, 'TOKEN')).toEqual({ ok: true, value: 'abc' });
    expect(readSecret({ TOKEN_FILE: write(' a b\r\n\n') }, 'TOKEN')).toEqual({ ok: true, value: ' a b' });
    expect(readSecret({ TOKEN: '', TOKEN_FILE: '' }, 'TOKEN')).toEqual({ ok: true, value: undefined });
  });

  it('refuses both at once, and a file that is not there, empty, a folder or far too large', () => {
    const problemOf = (env: Record<string, string>): string => {
      const result = readSecret(env, 'TOKEN');
      return result.ok ? '' : result.problem;
    };
    expect(problemOf({ TOKEN: 'a', TOKEN_FILE: write('a') })).toMatch(/^TOKEN: .*only one/);
    expect(problemOf({ TOKEN_FILE: join(folder, 'hunter2') })).toBe('TOKEN_FILE: there is no such file');
    expect(problemOf({ TOKEN_FILE: write('\n') })).toBe('TOKEN_FILE: the file is empty');
    expect(problemOf({ TOKEN_FILE: folder })).toBe('TOKEN_FILE: a folder, not a file');
    expect(problemOf({ TOKEN_FILE: write('x'.repeat(100_000)) })).toBe(
      'TOKEN_FILE: more than 64 KiB: not such a file',
    );
  });
});

describe('readEnv', () => {
  const schema = z.object({
    TOKEN: optionalSecret(),
    KEY: asSecret(z.string().min(3, 'at least 3 characters').optional()),
    NAME: z.string().optional(),
  });

  it('reads marked variables from files, and no others', () => {
    const env = { TOKEN_FILE: write('abc\n'), NAME_FILE: write('abc\n') };
    expect(readEnv(schema, env)).toEqual({ ok: true, config: { TOKEN: 'abc' } });
  });

  it('judges what the file holds, and tells that beside every other problem', () => {
    const env = { TOKEN_FILE: join(folder, 'gone'), KEY_FILE: write('xy') };
    expect(readEnv(schema, env)).toEqual({
      ok: false,
      problems: ['TOKEN_FILE: there is no such file', 'KEY: at least 3 characters'],
    });
  });
});

describe('rereadSecret', () => {
  const schema = z.object({ TOKEN: rereadSecret() });
  const tokenOf = (env: Record<string, string>) => {
    const read = readEnv(schema, env);
    if (!read.ok) throw new Error(read.problems.join());
    return read.config.TOKEN;
  };

  it('gives what is set, or what the file holds each time that it is asked', async () => {
    expect(await tokenOf({})()).toBeUndefined();
    expect(await tokenOf({ TOKEN: 'abc' })()).toBe('abc');
    const token = tokenOf({ TOKEN_FILE: write('abc\n') });
    expect(await token()).toBe('abc');
    write('def\n');
    expect(await token()).toBe('def');
  });

  it('is judged at the start by the rules of all others', () => {
    const problemsOf = (env: Record<string, string>) => {
      const read = readEnv(schema, env);
      return read.ok ? [] : read.problems;
    };
    expect(problemsOf({ TOKEN: 'a', TOKEN_FILE: join(folder, 'gone') })).toEqual([
      'TOKEN: set as TOKEN_FILE too: only one of them can be meant',
    ]);
    expect(problemsOf({ TOKEN_FILE: join(folder, 'gone') })).toEqual(['TOKEN_FILE: there is no such file']);
    expect(problemsOf({ TOKEN_FILE: write('\n') })).toEqual(['TOKEN_FILE: the file is empty']);
  });

  it('is away, and never empty, while its file is gone or empty later', async () => {
    const token = tokenOf({ TOKEN_FILE: write('abc') });
    write('\n');
    await expect(token()).rejects.toThrow('TOKEN_FILE: the file is empty');
    rmSync(join(folder, 'secret'));
    await expect(token()).rejects.toThrow('TOKEN_FILE: there is no such file');
  });
});
