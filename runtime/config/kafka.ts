import { z } from 'zod';
import { type KafkaAccess, SASL_MECHANISMS, type SaslMechanism } from '../kafka/settings.ts';
import { optionalSecret } from './secrets.ts';
import { listTlsVariables, readTls, tlsEnv } from './tls.ts';

/** How to reach the brokers. What these variables say together is judged by {@link judgeKafka}. */
export const kafkaEnv = {
  KAFKA_BROKERS: z
    .string()
    .default('127.0.0.1:9092')
    .transform((list) => list.split(',').map((broker) => broker.trim()))
    .refine(
      (brokers) => brokers.every((broker) => /^[^\s:]+:\d+$/.test(broker)),
      'host:port, separated by commas',
    ),
  /** TLS; by the standard CAs, or the one of KAFKA_SSL_CA_FILE. */
  KAFKA_SSL: z.enum(['true', 'false'], 'true or false').optional(),
  ...tlsEnv('KAFKA_SSL'),
  KAFKA_SASL_MECHANISM: z
    .string()
    .toUpperCase()
    .pipe(z.enum(SASL_MECHANISMS, `one of ${SASL_MECHANISMS.join(', ')}`))
    .optional(),
  KAFKA_SASL_USERNAME: z.string().optional(),
  KAFKA_SASL_PASSWORD: optionalSecret(),
};

/** What {@link kafkaEnv} makes of the environment; all but the brokers may be left out. */
export interface KafkaConfig {
  readonly KAFKA_BROKERS: readonly string[];
  readonly KAFKA_SSL?: 'true' | 'false' | undefined;
  readonly KAFKA_SASL_MECHANISM?: SaslMechanism | undefined;
  readonly KAFKA_SASL_USERNAME?: string | undefined;
  readonly KAFKA_SASL_PASSWORD?: string | undefined;
}

type Env = Readonly<Record<string, unknown>>;

/** Everything that can't be right together in the variables as they are set, and in the files that they name. */
export function judgeKafka(env: Env, nowMs: number): string[] {
  const isTls = env['KAFKA_SSL'] === 'true';
  const off = isTls ? [] : listTlsVariables(env, 'KAFKA_SSL');
  return [
    ...readTls(env, 'KAFKA_SSL', nowMs).problems,
    ...off.map((name) => `${name}: set, but KAFKA_SSL is not true`),
    ...judgeSasl(env, isTls),
  ];
}

function judgeSasl(env: Env, isTls: boolean): string[] {
  const names = ['KAFKA_SASL_MECHANISM', 'KAFKA_SASL_USERNAME', 'KAFKA_SASL_PASSWORD'];
  const set = names.filter((name) => env[name] !== undefined);
  const missing = set.length === 0 ? [] : names.filter((name) => !set.includes(name));
  const isReadable = String(env['KAFKA_SASL_MECHANISM']).toUpperCase() === 'PLAIN' && !isTls;
  return [
    ...missing.map((name) => `${name}: needed with ${set.join(' and ')}`),
    ...(isReadable
      ? ['KAFKA_SASL_MECHANISM: PLAIN sends the password readable: set KAFKA_SSL=true, or take SCRAM-SHA-512']
      : []),
  ];
}

/** The brokers that a configuration names, and how one is let in; to be asked once it has been judged. */
export function toKafkaAccess(config: KafkaConfig): KafkaAccess {
  const { KAFKA_SASL_MECHANISM: mechanism, KAFKA_SASL_USERNAME: username } = config;
  const hasSasl = mechanism !== undefined && username !== undefined;
  return {
    brokers: config.KAFKA_BROKERS,
    tls: config.KAFKA_SSL === 'true' ? readTls({ ...config }, 'KAFKA_SSL', Date.now()).tls : undefined,
    sasl: hasSasl ? { mechanism, username, password: config.KAFKA_SASL_PASSWORD ?? '' } : undefined,
  };
}
