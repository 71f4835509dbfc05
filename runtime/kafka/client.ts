// Before kafkajs: its modules keep what they import when they load.
import './fixes/apply.ts';
import kafkajs, { type Kafka, type LogEntry, type logLevel, type RetryOptions } from 'kafkajs';
import { authenticateAs, openSocket } from './connect.ts';
import { lz4Codec, snappyCodec, zstdCodec } from './compression.ts';
import { toTlsOptions } from '../tls/material.ts';
import type { KafkaSettings } from './settings.ts';

/** Receives what kafkajs logs, already reduced to level, text and broker or topic names: it never logs values. */
export type KafkaLogSink = (level: 'error' | 'warn' | 'info' | 'debug', message: string) => void;

const CONNECTION_TIMEOUT_MS = 3_000;
const REQUEST_TIMEOUT_MS = 10_000;

addCodecs();

/**
 * A kafkajs client object. Consumer and producers must come from different ones: `sendOffsets` marks offsets as
 * committed in a map shared through the object, before the commit, and a consumer on it would trust that map.
 */
export function createKafkaClient(settings: KafkaSettings, retry: RetryOptions, log: KafkaLogSink): Kafka {
  return new kafkajs.Kafka({
    clientId: settings.clientId,
    brokers: [...settings.brokers],
    socketFactory: openSocket,
    ...(settings.tls === undefined ? {} : { ssl: toTlsOptions(settings.tls) }),
    ...(settings.sasl === undefined ? {} : { sasl: authenticateAs(settings.sasl) }),
    connectionTimeout: CONNECTION_TIMEOUT_MS,
    requestTimeout: REQUEST_TIMEOUT_MS,
    retry,
    logLevel: kafkajs.logLevel.WARN,
    logCreator: () => (entry) => forward(entry, log),
  });
}

/** For consumers and admins: they outlive a broker that is away, and try again every second at the latest. */
export const PATIENT_RETRY: RetryOptions = {
  initialRetryTime: 100,
  maxRetryTime: 1_000,
  retries: 1_000_000,
};

/** For calls that somebody waits for: about ten seconds, then an error. */
export const BOUNDED_RETRY: RetryOptions = { initialRetryTime: 100, maxRetryTime: 2_000, retries: 7 };

/**
 * For transactions. A transaction that follows another meets CONCURRENT_TRANSACTIONS while the broker still writes
 * markers; kafkajs's default would sleep 300 ms. Short steps, about eight seconds in all.
 */
export const TRANSACTION_RETRY: RetryOptions = {
  initialRetryTime: 5,
  factor: 0,
  multiplier: 1.3,
  maxRetryTime: 500,
  retries: 30,
};

/**
 * What these log is retried, or told to a caller who reports it once: a transaction that meets the one before, a
 * broker that is away (twenty lines a second), a consumer that starts anew.
 */
const REPORTED_BY_CALLERS = new Set(['Connection', 'BrokerPool', 'Producer', 'Consumer']);

function forward(entry: LogEntry, log: KafkaLogSink): void {
  const error: unknown = entry.log['error'];
  const text = `${entry.namespace ? `${entry.namespace}: ` : ''}${entry.log.message}`;
  const isReported =
    REPORTED_BY_CALLERS.has(entry.namespace) || entry.namespace.startsWith('SaslAuthenticator');
  const level = isReported ? 'debug' : levelName(entry.level);
  log(level, typeof error === 'string' ? `${text} (${error})` : text);
}

function levelName(level: logLevel): 'error' | 'warn' | 'info' | 'debug' {
  if (level <= kafkajs.logLevel.ERROR) return 'error';
  if (level === kafkajs.logLevel.WARN) return 'warn';
  return level === kafkajs.logLevel.INFO ? 'info' : 'debug';
}

/** Codecs that kafkajs lacks: the CRM's producers choose their compression. */
function addCodecs(): void {
  const { CompressionTypes, CompressionCodecs } = kafkajs;
  CompressionCodecs[CompressionTypes.Snappy] = () => snappyCodec;
  CompressionCodecs[CompressionTypes.LZ4] = () => lz4Codec;
  CompressionCodecs[CompressionTypes.ZSTD] = () => zstdCodec;
}
