import type { z } from 'zod';
import { judgeTogether } from './judge-together.ts';
import { followSecret, isReread, isSecret, readSecret, type Secret } from './secrets.ts';

export type EnvResult<T> =
  { readonly ok: true; readonly config: T } | { readonly ok: false; readonly problems: readonly string[] };

type Env = Readonly<Record<string, string | undefined>>;

/**
 * Reads a service's configuration from environment variables by its schema: each problem as one line that names
 * the variable, all of them at once. An empty variable counts as unset; a secret may stand in a file (`<NAME>_FILE`).
 */
export function readEnv<T extends z.ZodObject>(schema: T, env: Env): EnvResult<z.output<T>> {
  const given = Object.fromEntries(
    Object.entries(env).filter(([, value]) => value !== undefined && value !== ''),
  );
  const secrets = readSecrets(schema, env);
  const set = { ...given, ...secrets.values };
  const parsed = schema.safeParse(set);
  const problems = [
    ...secrets.problems,
    ...(parsed.error?.issues ?? []).map((issue) => `${issue.path.join('.')}: ${issue.message}`),
    ...judgeTogether(Object.keys(schema.shape), set, Date.now()),
  ];
  return parsed.success && problems.length === 0
    ? { ok: true, config: parsed.data }
    : { ok: false, problems };
}

interface ReadSecrets {
  readonly values: Record<string, string | Secret>;
  readonly problems: string[];
}

function readSecrets(schema: z.ZodObject, env: Env): ReadSecrets {
  const values: Record<string, string | Secret> = {};
  const problems: string[] = [];
  for (const [name, variable] of Object.entries<z.ZodType>(schema.shape)) {
    if (!isSecret(variable)) continue;
    const secret = readSecret(env, name);
    if (!secret.ok) problems.push(secret.problem);
    if (isReread(variable)) values[name] = followSecret(env, name);
    else if (secret.ok && secret.value !== undefined) values[name] = secret.value;
  }
  return { values, problems };
}
