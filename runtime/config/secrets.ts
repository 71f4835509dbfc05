import { readFileSync } from 'node:fs';
import { z } from 'zod';

/** A secret as the environment gives it; undefined where it gives none. A problem never repeats a value or a path. */
export type SecretResult =
  | { readonly ok: true; readonly value: string | undefined }
  | { readonly ok: false; readonly problem: string };

/** A file with more is no secret, but the wrong file. */
const MOST_SECRET_BYTES = 65_536;

/** A secret that is asked for when it is needed; undefined: there is none. Rejects while its file can't be used. */
export type Secret = () => Promise<string | undefined>;

type Env = Readonly<Record<string, string | undefined>>;

const secretVariables = new WeakSet<z.ZodType>();
const rereadVariables = new WeakSet<z.ZodType>();

/** Marks a variable's schema: `readEnv` then also takes it from the file that `<NAME>_FILE` names. */
export function asSecret<T extends z.ZodType>(schema: T): T {
  secretVariables.add(schema);
  return schema;
}

/** Whether a schema was marked by {@link asSecret}. */
export function isSecret(schema: z.ZodType): boolean {
  return secretVariables.has(schema);
}

/** A secret that may be left out. */
export function optionalSecret() {
  return asSecret(z.string().optional());
}

/**
 * A secret that may be left out, and that is read again each time that it is asked for, so that its file may be changed
 * while the service runs. At the start it is judged like all others.
 */
export function rereadSecret() {
  const schema = asSecret(z.custom<Secret>((value) => typeof value === 'function'));
  rereadVariables.add(schema);
  return schema;
}

/** Whether a schema was made by {@link rereadSecret}: its value is what {@link followSecret} gives. */
export function isReread(schema: z.ZodType): boolean {
  return rereadVariables.has(schema);
}

/** {@link readSecret} anew for each call; a problem is thrown. */
export function followSecret(env: Env, name: string): Secret {
  return async () => {
    const secret = readSecret(env, name);
    if (secret.ok) return secret.value;
    throw new Error(secret.problem);
  };
}

/**
 * The secret `name`, from the variable itself or from the file that `<name>_FILE` names (Docker's and Kubernetes's
 * way: other processes and crash dumps see a path alone). Line ends after it are no part of it. Both at once, a file
 * that can't be read and an empty one are problems; an empty variable counts as unset.
 */
export function readSecret(env: Env, name: string): SecretResult {
  const value = env[name] || undefined;
  const path = env[`${name}_FILE`] || undefined;
  if (path === undefined) return { ok: true, value };
  if (value !== undefined) return refuse(`${name}: set as ${name}_FILE too: only one of them can be meant`);
  const text = readTextFile(path);
  if (!text.ok) return refuse(`${name}_FILE: ${text.problem}`);
  const secret = text.value.replace(/[\r\n]+$/, '');
  return secret === '' ? refuse(`${name}_FILE: the file is empty`) : { ok: true, value: secret };
}

/** What a small file holds, or why that can't be told: without its path, which may be a secret in the wrong variable. */
export function readTextFile(
  path: string,
): { readonly ok: true; readonly value: string } | { readonly ok: false; readonly problem: string } {
  try {
    const text = readFileSync(path, 'utf8');
    return text.length > MOST_SECRET_BYTES
      ? refuse(`more than ${MOST_SECRET_BYTES / 1024} KiB: not such a file`)
      : { ok: true, value: text };
  } catch (error) {
    return refuse(describeUnreadable(error));
  }
}

const UNREADABLE: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  EACCES: 'this user may not read the file',
  EISDIR: 'a folder, not a file',
};

function describeUnreadable(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
  return UNREADABLE[code] ?? `the file can not be read (${code})`;
}

function refuse(problem: string): { readonly ok: false; readonly problem: string } {
  return { ok: false, problem };
}
