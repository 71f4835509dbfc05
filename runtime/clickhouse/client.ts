import { rootCertificates } from 'node:tls';
import {
  ClickHouseLogLevel,
  createClient,
  type ClickHouseClient,
  type ClickHouseClientConfigOptions,
} from '@clickhouse/client';
import type { TlsMaterial } from '../tls/material.ts';

/** Where ClickHouse is and how long one request may take. */
export interface ClickHouseSettings {
  /** Base URL of the HTTP interface, e.g. `http://127.0.0.1:8123`. */
  readonly url: string;
  readonly database: string;
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  /** Upper bound for one request, reading the answer included; 30,000 by default. */
  readonly requestTimeoutMs?: number | undefined;
  /** Of an https URL. */
  readonly tls?: TlsMaterial | undefined;
}

/** The server (and the local gateway) drop a connection that was idle for 3 s: ours are let go sooner. */
const IDLE_SOCKET_TTL_MS = 2_000;

/**
 * A ClickHouse client with bounded requests and sockets; `close()` when done. Bodies aren't compressed: on one network
 * gzip costs more than it saves (inserts took twice as long).
 * The database must exist: the server refuses whatever is asked in one that doesn't (81, UNKNOWN_DATABASE).
 * 64-bit integers come back as JSON numbers, not strings: ours stay below 2^53.
 */
export function createClickHouse(settings: ClickHouseSettings): ClickHouseClient {
  return createClient({
    url: settings.url,
    database: settings.database,
    ...(settings.username === undefined ? {} : { username: settings.username }),
    ...(settings.password === undefined ? {} : { password: settings.password }),
    ...toClientTls(settings.tls),
    application: 'scoreline',
    request_timeout: settings.requestTimeoutMs ?? 30_000,
    max_open_connections: 8,
    compression: { request: false, response: false },
    keep_alive: { enabled: true, idle_socket_ttl: IDLE_SOCKET_TTL_MS },
    // Errors are thrown; whoever catches them says what is worth a line.
    log: { level: ClickHouseLogLevel.OFF },
    clickhouse_settings: { output_format_json_quote_64bit_integers: 0 },
  });
}

/** The client wants a CA beside a certificate of ours; without one the standard ones count. */
function toClientTls({ ca, cert, key }: TlsMaterial = {}): Pick<ClickHouseClientConfigOptions, 'tls'> {
  if (cert !== undefined && key !== undefined) {
    const roots = ca ?? rootCertificates.join('\n');
    return { tls: { ca_cert: Buffer.from(roots), cert: Buffer.from(cert), key: Buffer.from(key) } };
  }
  return ca === undefined ? {} : { tls: { ca_cert: Buffer.from(ca) } };
}

export type { ClickHouseClient } from '@clickhouse/client';
