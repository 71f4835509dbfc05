import { z } from 'zod';
import type { RegistryAccess } from '../avro/registry.ts';
import { optionalSecret } from './secrets.ts';
import { listTlsVariables, readTls, tlsEnv } from './tls.ts';
import { plainUrl } from './url.ts';

/** How to reach the schema registry. What these variables say together is judged by {@link judgeSchemaRegistry}. */
export const schemaRegistryEnv = {
  SCHEMA_REGISTRY_URL: plainUrl(
    'http://127.0.0.1:8081/apis/ccompat/v7',
    'SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD',
  ),
  SCHEMA_REGISTRY_USERNAME: z.string().optional(),
  SCHEMA_REGISTRY_PASSWORD: optionalSecret(),
  ...tlsEnv('SCHEMA_REGISTRY_SSL'),
};

/** What {@link schemaRegistryEnv} makes of the environment; all but the URL may be left out. */
export interface SchemaRegistryConfig {
  readonly SCHEMA_REGISTRY_URL: string;
  readonly SCHEMA_REGISTRY_USERNAME?: string | undefined;
  readonly SCHEMA_REGISTRY_PASSWORD?: string | undefined;
}

type Env = Readonly<Record<string, unknown>>;

/** Everything that can't be right together in the variables as they are set, and in the files that they name. */
export function judgeSchemaRegistry(env: Env, nowMs: number): string[] {
  return [
    ...judgePair(env, 'SCHEMA_REGISTRY_USERNAME', 'SCHEMA_REGISTRY_PASSWORD'),
    ...judgeHttpsTls(env, 'SCHEMA_REGISTRY', nowMs),
  ];
}

/** Files for TLS are for an https URL. */
export function judgeHttpsTls(env: Env, service: string, nowMs: number): string[] {
  const prefix = `${service}_SSL`;
  const isTls = String(env[`${service}_URL`]).startsWith('https:');
  const off = isTls ? [] : listTlsVariables(env, prefix);
  return [
    ...readTls(env, prefix, nowMs).problems,
    ...off.map((name) => `${name}: set, but ${service}_URL is not https`),
  ];
}

function judgePair(env: Env, one: string, other: string): string[] {
  if ((env[one] === undefined) === (env[other] === undefined)) return [];
  return env[one] === undefined ? [`${one}: needed with ${other}`] : [`${other}: needed with ${one}`];
}

/** The registry that a configuration names, and how one is let in; to be asked once it has been judged. */
export function toRegistryAccess(config: SchemaRegistryConfig): RegistryAccess {
  const { SCHEMA_REGISTRY_USERNAME: username, SCHEMA_REGISTRY_PASSWORD: password } = config;
  const url = config.SCHEMA_REGISTRY_URL;
  return {
    url,
    credentials: username === undefined || password === undefined ? undefined : { username, password },
    tls: url.startsWith('https:') ? readTls({ ...config }, 'SCHEMA_REGISTRY_SSL', Date.now()).tls : undefined,
  };
}
