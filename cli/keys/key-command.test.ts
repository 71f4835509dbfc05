import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openKeyRing } from '@scoreline/runtime/http/access/key-ring.ts';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { listKeys, makeKey } from './key-command.ts';

const NOW_MS = Date.UTC(2026, 0, 1);
let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scoreline-keys-'));
  file = join(folder, 'keys.jsonl');
});
afterEach(() => rmSync(folder, { recursive: true }));

const crm = { name: 'crm', scopes: ['score'], days: 90 } as const;
const keyIn = (lines: readonly string[]): string => /^key +(\S+)$/.exec(lines[0] ?? '')?.[1] ?? '';

test('the key that is printed opens what its line in the file says, and the file has no key', async () => {
  const key = keyIn(await makeKey({ ...crm, file }, NOW_MS));
  const other = keyIn(await makeKey({ ...crm, name: 'ops', scopes: ['read', 'operate'], file }, NOW_MS));
  const ring = openKeyRing(file, { keysLoaded() {}, keysUnusable() {} });
  ring.close();
  expect(ring.find(key)).toMatchObject({
    name: 'crm',
    scopes: new Set(['score']),
    expiresAtMs: NOW_MS + 90 * 86_400_000,
  });
  expect(ring.find(other)).toMatchObject({ name: 'ops', scopes: new Set(['read', 'operate']) });
  const text = readFileSync(file, 'utf8');
  expect([text.includes(key), text.includes(other)]).toEqual([false, false]);
  expect(statSync(file).mode & 0o777).toBe(0o600);
});

test('without a file the line is printed, to be put where it belongs', async () => {
  const [, line = ''] = await makeKey({ ...crm, file: undefined }, NOW_MS);
  writeFileSync(file, line.replace(/^line +/, ''));
  expect(listKeys(file, NOW_MS).join('\n')).toMatch(/crm +[0-9a-f]{12}… +score +2026-04-01/);
  expect(listKeys(file, Date.UTC(2027, 0, 1)).join('\n')).toContain('2026-04-01 (over)');
});

test('a line is added after one that lacks its end, and keeps the rights of the file', async () => {
  const [, line = ''] = await makeKey({ ...crm, file: undefined }, NOW_MS);
  writeFileSync(file, line.replace(/^line +/, ''));
  chmodSync(file, 0o640);
  await makeKey({ ...crm, file }, NOW_MS);
  expect(readFileSync(file, 'utf8').trim().split('\n')).toHaveLength(2);
  expect(statSync(file).mode & 0o777).toBe(0o640);
});

test('a name that is none, a broken file and a folder are refused, and nothing is written', async () => {
  await expect(makeKey({ ...crm, name: 'a b', file }, NOW_MS)).rejects.toThrow("'a b' is no name for a key");
  await expect(makeKey({ ...crm, file: folder }, NOW_MS)).rejects.toThrow('EISDIR');
  writeFileSync(file, 'hunter2\n');
  await expect(makeKey({ ...crm, file }, NOW_MS)).rejects.toThrow(/^line 1: no JSON object/);
  expect(() => listKeys(file, NOW_MS)).toThrow('line 1: no JSON object');
  expect(readFileSync(file, 'utf8')).toBe('hunter2\n');
});
