import { createPrivateKey, type KeyObject, X509Certificate } from 'node:crypto';
import { z } from 'zod';
import type { TlsMaterial } from '../tls/material.ts';
import { optionalSecret, readTextFile } from './secrets.ts';

/** The files of one connection's TLS, by what goes before their variables' names ('KAFKA_SSL'). */
export function tlsEnv<Prefix extends string>(prefix: Prefix) {
  return {
    [`${prefix}_CA_FILE`]: z.string().optional(),
    [`${prefix}_CERT_FILE`]: z.string().optional(),
    [`${prefix}_KEY_FILE`]: z.string().optional(),
    [`${prefix}_KEY_PASSPHRASE`]: optionalSecret(),
  } as Record<TlsVariable<Prefix>, z.ZodOptional<z.ZodString>>;
}

/** The variables of {@link tlsEnv}. */
export type TlsVariable<Prefix extends string> =
  `${Prefix}_${'CA_FILE' | 'CERT_FILE' | 'KEY_FILE' | 'KEY_PASSPHRASE'}`;

/** What the files hold, and everything that is wrong with them, a line each that repeats no value. */
export interface ReadTls {
  readonly tls: TlsMaterial;
  readonly problems: readonly string[];
}

type Env = Readonly<Record<string, unknown>>;

const CERTIFICATES = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g;

/**
 * Reads the files that `<prefix>_CA_FILE`, `_CERT_FILE` and `_KEY_FILE` name: PEM, certificates that are valid now, a
 * key that is the certificate's.
 */
export function readTls(env: Env, prefix: string, nowMs: number): ReadTls {
  const problems: string[] = [];
  const tell = (variable: string, problem: string): undefined =>
    void problems.push(`${prefix}_${variable}: ${problem}`);
  const read = (variable: string): string | undefined => {
    const path = textOf(env, `${prefix}_${variable}`);
    if (path === undefined) return undefined;
    const file = readTextFile(path);
    return file.ok ? file.value : tell(variable, file.problem);
  };
  const [ca, cert, keyText] = [read('CA_FILE'), read('CERT_FILE'), read('KEY_FILE')];
  const roots = ca === undefined ? undefined : parseCertificates(ca);
  if (roots !== undefined) {
    const problem = judgeCertificates(roots, nowMs);
    if (problem !== undefined) tell('CA_FILE', problem);
  }
  const [leaf] = cert === undefined ? [] : parseCertificates(cert);
  if (cert !== undefined) {
    const problem = judgeCertificates([leaf], nowMs);
    if (problem !== undefined) tell('CERT_FILE', problem);
  }
  const passphrase = textOf(env, `${prefix}_KEY_PASSPHRASE`);
  const key = keyText === undefined ? undefined : openKey(keyText, passphrase);
  if (typeof key === 'string') tell('KEY_FILE', key.replaceAll('%', prefix));
  const isKey = (opened: KeyObject | string | undefined): opened is KeyObject => typeof opened === 'object';
  if (leaf !== undefined && isKey(key) && !leaf.checkPrivateKey(key))
    tell('KEY_FILE', `not the key of the certificate in ${prefix}_CERT_FILE`);
  for (const problem of judgePairs(env, prefix)) problems.push(problem);
  return {
    problems,
    tls: { ca, cert, key: isKey(key) ? String(key.export({ type: 'pkcs8', format: 'pem' })) : undefined },
  };
}

/** Which of the variables are set, by name. */
export function listTlsVariables(env: Env, prefix: string): string[] {
  return ['CA_FILE', 'CERT_FILE', 'KEY_FILE', 'KEY_PASSPHRASE']
    .map((variable) => `${prefix}_${variable}`)
    .filter((name) => textOf(env, name) !== undefined);
}

/** A file with certificates, by the variable that names it ('KAFKA_SSL_CERT_FILE'). */
export interface CertificateEnd {
  readonly variable: string;
  readonly endsAtMs: number;
}

/**
 * Until when the files of all connections hold: a client's certificate with its chain until the first of them ends, a
 * bundle of CAs until the last one does. What can't be read is left out: {@link readTls} tells of it.
 */
export function readCertificateEnds(env: Env): readonly CertificateEnd[] {
  return Object.keys(env).flatMap((variable) => {
    const kind = /_SSL_(CA|CERT)_FILE$/.exec(variable)?.[1];
    const path = textOf(env, variable);
    const file = kind === undefined || path === undefined ? undefined : readTextFile(path);
    const ends = (file?.ok ? parseCertificates(file.value) : []).flatMap((certificate) =>
      certificate === undefined ? [] : [certificate.validToDate.getTime()],
    );
    if (ends.length === 0) return [];
    return [{ variable, endsAtMs: kind === 'CA' ? Math.max(...ends) : Math.min(...ends) }];
  });
}

function judgePairs(env: Env, prefix: string): string[] {
  const needs = (variable: string, other: string): string[] =>
    textOf(env, `${prefix}_${variable}`) !== undefined && textOf(env, `${prefix}_${other}`) === undefined
      ? [`${prefix}_${other}: needed with ${prefix}_${variable}`]
      : [];
  return [
    ...needs('CERT_FILE', 'KEY_FILE'),
    ...needs('KEY_FILE', 'CERT_FILE'),
    ...needs('KEY_PASSPHRASE', 'KEY_FILE'),
  ];
}

/** None where it is no PEM of certificates. */
function parseCertificates(pem: string): (X509Certificate | undefined)[] {
  return (pem.match(CERTIFICATES) ?? []).map((text) => {
    try {
      return new X509Certificate(text);
    } catch {
      return undefined;
    }
  });
}

/** A bundle is good while one of its certificates is. */
function judgeCertificates(
  certificates: readonly (X509Certificate | undefined)[],
  nowMs: number,
): string | undefined {
  const known = certificates.filter((certificate) => certificate !== undefined);
  if (known.length === 0 || known.length < certificates.length) return 'no certificate in PEM';
  const problems = known.map((certificate) => {
    if (certificate.validToDate.getTime() < nowMs)
      return `expired on ${certificate.validToDate.toISOString()}`;
    const from = certificate.validFromDate;
    return from.getTime() > nowMs ? `not valid before ${from.toISOString()}` : undefined;
  });
  return problems.includes(undefined) ? undefined : problems[0];
}

/** The key, or why it isn't one; `%` stands for the variables' prefix. */
function openKey(pem: string, passphrase: string | undefined): KeyObject | string {
  try {
    return createPrivateKey(passphrase === undefined ? pem : { key: pem, passphrase });
  } catch {
    if (!pem.includes('ENCRYPTED')) return 'no private key in PEM';
    return passphrase === undefined
      ? 'the key is encrypted: set %_KEY_PASSPHRASE'
      : '%_KEY_PASSPHRASE does not open the key';
  }
}

function textOf(env: Env, name: string): string | undefined {
  const value = env[name];
  return typeof value === 'string' && value !== '' ? value : undefined;
}
