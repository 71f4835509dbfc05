import type { z } from 'zod';
import { judgeTogether } from './judge-together.ts';
import { isSecret, readSecret } from './secrets.ts';

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

function readSecrets(schema: z.ZodObject, env: Env): { values: Record<string, string>; problems: string[] } {
  const values: Record<string, string> = {};
  const problems: string[] = [];
  for (const [name, variable] of Object.entries(schema.shape)) {
    if (!isSecret(variable as z.ZodType)) continue;
    const secret = readSecret(env, name);
    if (!secret.ok) problems.push(secret.problem);
    else if (secret.value !== undefined) values[name] = secret.value;
  }
  return { values, problems };
}
