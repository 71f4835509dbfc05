import type { TlsMaterial } from '../tls/material.ts';

/** Where the brokers are and how one is let in: the same for every client of a process. */
export interface KafkaAccess {
  readonly brokers: readonly string[];
  /** Without: connections that everybody on the way can read. */
  readonly tls?: TlsMaterial | undefined;
  readonly sasl?: KafkaSasl | undefined;
}

/** Who a client is, by password. */
export interface KafkaSasl {
  readonly mechanism: SaslMechanism;
  readonly username: string;
  readonly password: string;
}

export const SASL_MECHANISMS = ['SCRAM-SHA-512', 'SCRAM-SHA-256', 'PLAIN'] as const;

export type SaslMechanism = (typeof SASL_MECHANISMS)[number];

/** One client's settings. */
export interface KafkaSettings extends KafkaAccess {
  /** Shows up in the brokers' logs and quotas. */
  readonly clientId: string;
}

/** The settings of a client with this name; of what else is in `access` nothing goes along. */
export function asClient({ brokers, tls, sasl }: KafkaAccess, clientId: string): KafkaSettings {
  return { brokers, tls, sasl, clientId };
}
