import {
  array,
  assert,
  constantFrom,
  date,
  json,
  option,
  property,
  record,
  string,
  uniqueArray,
} from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKeyFile } from './key-file.ts';
import { createKey, digestKey } from './new-key.ts';
import { SCOPES } from './scopes.ts';

const NOW_MS = Date.UTC(2026, 0, 1);

function lineOf(name: string, more: object = {}): string {
  const { line } = createKey({ name, scopes: ['score'] }, { nowMs: NOW_MS, expiresAtMs: undefined });
  return JSON.stringify({ ...line, ...more });
}

function problemsOf(text: string): readonly string[] {
  const parsed = parseKeyFile(text);
  return parsed.ok ? [] : parsed.problems;
}

describe('parseKeyFile', () => {
  it('reads what createKey writes', () => {
    const holders = record({
      name: constantFrom('crm', 'anna@example.org', 'A-1_b.c'),
      scopes: uniqueArray(constantFrom(...SCOPES), { minLength: 1 }),
      expiresAt: option(date({ min: new Date(0), max: new Date('9999-01-01'), noInvalidDate: true }), {
        nil: undefined,
      }),
    });
    assert(
      property(array(holders, { maxLength: 10 }), (wanted) => {
        const made = wanted.map(({ name, scopes, expiresAt }) => ({
          ...createKey({ name, scopes }, { nowMs: NOW_MS, expiresAtMs: expiresAt?.getTime() }),
          expiresAtMs: expiresAt?.getTime(),
        }));
        const parsed = parseKeyFile(made.map(({ line }) => JSON.stringify(line)).join('\n'));
        expect(parsed).toEqual({
          ok: true,
          keys: made.map(({ key, line, expiresAtMs }) => ({
            name: line.name,
            digest: digestKey(key),
            scopes: new Set(line.scopes),
            expiresAtMs,
          })),
        });
      }),
    );
  });

  it('skips empty lines and comments, also with line ends of Windows', () => {
    expect(parseKeyFile(`# the CRM\r\n${lineOf('crm')}\r\n\r\n`)).toMatchObject({
      ok: true,
      keys: [{ name: 'crm' }],
    });
    expect(parseKeyFile('')).toEqual({ ok: true, keys: [] });
  });

  it.each([
    ['no JSON', 'crm:secret', 'no JSON object; scoreline keys new prints one'],
    ['another JSON', '["crm"]', 'no JSON object'],
    ['no name', lineOf(''), /^line 1: name: /],
    ['a name that breaks lines', lineOf('a\nb'), /^line 1: name: /],
    [
      'a key in place of its hash',
      lineOf('crm', { sha256: 'scoreline_abc' }),
      /sha256: the SHA-256 of a key/,
    ],
    ['no scope', lineOf('crm', { scopes: [] }), /scopes: one scope at least/],
    [
      'an unknown scope',
      lineOf('crm', { scopes: ['admin'] }),
      'scopes: each one of score, read, operate, metrics',
    ],
    [
      'a time without a zone',
      lineOf('crm', { expires_at: '2026-01-01T00:00:00' }),
      /expires_at: an ISO 8601/,
    ],
    ['an unknown field', lineOf('crm', { expires: 1 }), /a field that is none of name/],
  ])('%s is a problem of its line', (_what, text, problem) => {
    expect(problemsOf(text).join()).toMatch(problem);
  });

  it('tells every problem at once, and a key that has two lines', () => {
    const line = lineOf('crm');
    expect(problemsOf(['{', line, '', line].join('\n'))).toEqual([
      'line 1: no JSON object; scoreline keys new prints one',
      'line 4: its key has a line already',
    ]);
  });

  it('never says what stands in a line, and never throws', () => {
    const secret = 'hunter2hunter2';
    for (const text of [secret, `"${secret}"`, `{"${secret}":1}`, lineOf(secret, { sha256: secret })]) {
      expect(problemsOf(text).join()).not.toContain(secret);
      expect(problemsOf(text)).not.toEqual([]);
    }
    assert(property(string(), (text) => typeof parseKeyFile(text).ok === 'boolean'));
    assert(property(json(), (text) => typeof parseKeyFile(text).ok === 'boolean'));
  });
});
