import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

import { afterEach, beforeEach, expect, test } from 'vitest';

import { findJava } from './java.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'scoreline-java-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A program that says it is this version, at `<name>/bin/java`; the folder it is in. */
function installJava(name: string, version: string): string {
  const bin = join(folder, name, 'bin');
  mkdirSync(bin, { recursive: true });
  writeFileSync(join(bin, 'java'), `#!/bin/sh\necho 'openjdk version "${version}" 2025-01-01' >&2\n`);
  chmodSync(join(bin, 'java'), 0o755);
  return bin;
}

test('JAVA_HOME comes first', async () => {
  const home = join(installJava('home', '21.0.1'), '..');
  const PATH = `${installJava('path', '17.0.1')}:/bin`;
  expect(await findJava({ JAVA_HOME: home, PATH })).toBe(join(home, 'bin', 'java'));
});

test('a JAVA_HOME that is too old is passed over for PATH', async () => {
  const home = join(installJava('home', '1.8.0_402'), '..');
  const PATH = `${installJava('path', '17.0.1')}:/bin`;
  expect(await findJava({ JAVA_HOME: home, PATH })).toBe('java');
});

test('none that will do: says what is there and what to install', async () => {
  const PATH = installJava('path', '11.0.2');
  await expect(findJava({ PATH: `${PATH}:/bin`, JAVA_HOME: join(folder, 'none') })).rejects.toThrow(
    /run on Java 17 or newer \(.*none\/bin\/java: not there; java: Java 11\): install a JDK/,
  );
});
