import { readFile } from 'node:fs/promises';

/** A secret that is asked for when it is needed; undefined: there is none. */
export type Secret = () => Promise<string | undefined>;

/** The content of `file` without its last line break, read each time so that it may be changed; else `value`. */
export function createSecret(value: string | undefined, file: string | undefined): Secret {
  return async () => (file === undefined ? value : (await readFile(file, 'utf8')).replace(/\r?\n$/, ''));
}
