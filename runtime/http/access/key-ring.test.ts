import { mkdtempSync, renameSync, rmSync, symlinkSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type KeyRing, openKeyRing, readKeyFile } from './key-ring.ts';
import { createKey } from './new-key.ts';

let folder: string;
let path: string;
let ring: KeyRing | undefined;
const told: unknown[] = [];
const events = {
  keysLoaded: (count: number) => told.push(count),
  keysUnusable: (problems: readonly string[]) => told.push(problems),
};

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scoreline-keys-'));
  path = join(folder, 'keys');
  told.length = 0;
});
afterEach(() => {
  ring?.close();
  rmSync(folder, { recursive: true, force: true });
});

function newKey(name: string): { readonly key: string; readonly text: string } {
  const { key, line } = createKey({ name, scopes: ['read'] }, { nowMs: 0, expiresAtMs: undefined });
  return { key, text: `${JSON.stringify(line)}\n` };
}

function writeAtOldTime(text: string): void {
  writeFileSync(path, text);
  utimesSync(path, 1, 1);
}

const seen = (expected: unknown): Promise<void> =>
  vi.waitFor(() => expect(told.at(-1)).toEqual(expected), { timeout: 10_000, interval: 10 });

test('finds who holds a key, and nobody for any other text', () => {
  const [crm, ops] = [newKey('crm'), newKey('ops')];
  writeFileSync(path, crm.text + ops.text);
  ring = openKeyRing(path, events, 20);
  expect([ring.find(crm.key)?.name, ring.find(ops.key)?.name]).toEqual(['crm', 'ops']);
  for (const other of ['', crm.key.slice(0, -1), `${crm.key} `, 'x'.repeat(100_000)]) {
    expect(ring.find(other)).toBeUndefined();
  }
});

test('a key is added and taken back while the service runs; a broken file leaves the keys before in force', async () => {
  const [old, next] = [newKey('crm'), newKey('crm')];
  writeFileSync(path, old.text);
  ring = openKeyRing(path, events, 20);
  writeFileSync(path, old.text + next.text);
  await seen(2);
  expect([ring.find(old.key)?.name, ring.find(next.key)?.name]).toEqual(['crm', 'crm']);
  writeFileSync(path, `${next.text}{`);
  await seen(['line 2: no JSON object; scoreline keys new prints one']);
  expect(ring.find(old.key)?.name).toBe('crm');
  rmSync(path);
  await seen(['there is no such file']);
  expect(ring.find(old.key)?.name).toBe('crm');
  writeFileSync(path, next.text);
  await seen(1);
  expect([ring.find(old.key), ring.find(next.key)?.name]).toEqual([undefined, 'crm']);
});

test('a secret that is mounted as a link is seen when the link is swapped', async () => {
  const [old, next] = [newKey('crm'), newKey('crm')];
  writeFileSync(join(folder, 'one'), old.text);
  writeFileSync(join(folder, 'two'), next.text);
  symlinkSync('one', path);
  ring = openKeyRing(path, events, 20);
  symlinkSync('two', `${path}.new`);
  renameSync(`${path}.new`, path);
  await vi.waitFor(() => expect(ring?.find(next.key)?.name).toBe('crm'), { timeout: 10_000, interval: 10 });
  expect(ring.find(old.key)).toBeUndefined();
});

test('a file that could not be used is tried at each look, told once, and taken as soon as it can be', async () => {
  const [old, next] = [newKey('crm'), newKey('crm')];
  writeFileSync(path, old.text);
  ring = openKeyRing(path, events, 20);
  writeAtOldTime(next.text.replace('{', '['));
  await seen(['line 1: no JSON object; scoreline keys new prints one']);
  // As long and as old as the broken one, as after a chmod.
  writeAtOldTime(next.text);
  await seen(1);
  expect([ring.find(old.key), ring.find(next.key)?.name]).toEqual([undefined, 'crm']);
  expect(told.map((news) => typeof news)).toEqual(['number', 'object', 'number']);
});

test('a change that keeps length and time is seen', async () => {
  const [old, next] = [newKey('crm'), newKey('crm')];
  writeAtOldTime(old.text);
  ring = openKeyRing(path, events, 20);
  writeAtOldTime(next.text);
  await vi.waitFor(() => expect(ring?.find(next.key)?.name).toBe('crm'), { timeout: 10_000, interval: 10 });
  expect(ring.find(old.key)).toBeUndefined();
});

test('a path that can not even be looked at is a problem like others, and no end of the service', async () => {
  const { key, text } = newKey('crm');
  writeFileSync(path, text);
  ring = openKeyRing(path, events, 20);
  unlinkSync(path);
  symlinkSync('keys', path);
  await seen(['the file can not be read (ELOOP)']);
  expect(ring.find(key)?.name).toBe('crm');
  unlinkSync(path);
  writeFileSync(path, text);
  await seen(1);
});

test('a file that is not there, or no key file, keeps the service from starting', () => {
  expect(() => openKeyRing(path, events, 20)).toThrow("the key file can't be used: there is no such file");
  writeFileSync(path, 'x'.repeat(3_000_000));
  expect(readKeyFile(path)).toMatchObject({ ok: false });
});
