import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { planAcls, type Role } from '@scoreline/infra/acls/plan-acls.ts';
import { setUp } from '@scoreline/infra/setup/setup.ts';
import { type AclAdmin, openAclAdmin } from '@scoreline/runtime/kafka/acl-admin.ts';
import type { KafkaAccess } from '@scoreline/runtime/kafka/settings.ts';
import {
  createCertificateAuthority,
  type CertificateAuthority,
} from '@scoreline/runtime/testing/certificates.ts';
import { startGuardedHttp } from './guarded-http.ts';
import { isolateEnv } from './isolated-env.ts';
import { type SecuredBroker, startSecuredBroker } from './secured-broker.ts';

/** A stream whose every part wants to know who one is: a broker of its own, the run's registry and ClickHouse behind TLS. */
export interface SecuredRoom {
  readonly ca: CertificateAuthority;
  readonly broker: SecuredBroker;
  readonly acls: AclAdmin;
  /** Topics, subjects and groups begin with it. */
  readonly prefix: string;
  /** Where services write their logs. */
  readonly logFolder: string;
  /** Every password there is. */
  readonly secrets: readonly string[];
  /** The environment of a role: by password where `by` doesn't say otherwise. Secrets stand in files. */
  envOf(role: Role, by?: 'password' | 'certificate'): Record<string, string>;
  accessOf(user: string): KafkaAccess;
  writeFile(name: string, text: string): string;
  /** Everything that services have logged. */
  readLogs(): string;
  close(): Promise<void>;
}

/** As ClickHouse answers. */
const NOT_LET_IN = {
  status: 403,
  text: 'Code: 516. DB::Exception: Authentication failed: password is incorrect, or there is no user with such name. (AUTHENTICATION_FAILED) (version 25.5.1.1)',
};
const SERVICES = ['scorer', 'shadow', 'drift', 'rollout', 'api', 'cli', 'setup'] as const;

/** Starts broker and registry, grants the services' rights as the administrator, and sets up as `setup`. */
export async function openSecuredRoom(): Promise<SecuredRoom> {
  const folder = mkdtempSync(join(tmpdir(), 'scoreline-secured-'));
  const ca = createCertificateAuthority('Scoreline test CA');
  const names = ['admin', 'judge', ...SERVICES];
  const passwords = Object.fromEntries(names.map((name) => [name, `marked-${name}-${crypto.randomUUID()}`]));
  const passwordOf = (name: string): string => passwords[name] ?? '';
  const users = { ...passwords, admin: passwordOf('admin') };
  const broker = await startSecuredBroker({ folder: join(folder, 'broker'), ca, users });
  const { SCHEMA_REGISTRY_URL, CLICKHOUSE_URL, TOPIC_PREFIX: prefix, ...isolated } = isolateEnv();
  const registry = await startGuardedHttp(SCHEMA_REGISTRY_URL, { identity: ca.issue('registry'), users });
  const guard = { identity: ca.issue('clickhouse'), users, refusal: NOT_LET_IN };
  const clickHouse = await startGuardedHttp(CLICKHOUSE_URL, guard);
  const writeFile = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const caFile = writeFile('ca.pem', ca.cert);
  const accessOf = (user: string): KafkaAccess => ({
    brokers: [broker.byPassword],
    tls: { ca: ca.cert },
    sasl: { mechanism: 'SCRAM-SHA-512', username: user, password: passwordOf(user) },
  });
  const acls = await openAclAdmin({ ...accessOf('admin'), clientId: 'test' }, () => {});
  const logFolder = join(folder, 'logs');
  const room: SecuredRoom = {
    ca,
    broker,
    acls,
    prefix,
    logFolder,
    secrets: Object.values(passwords),
    accessOf,
    writeFile,
    envOf: (role, by = 'password') => {
      const secretFile = writeFile(`${role}.password`, `${passwordOf(role)}\n`);
      return {
        ...isolated,
        TOPIC_PREFIX: prefix,
        SCHEMA_REGISTRY_URL: registry.url,
        SCHEMA_REGISTRY_USERNAME: role,
        SCHEMA_REGISTRY_PASSWORD_FILE: secretFile,
        SCHEMA_REGISTRY_SSL_CA_FILE: caFile,
        CLICKHOUSE_URL: clickHouse.url,
        CLICKHOUSE_USER: role,
        CLICKHOUSE_PASSWORD_FILE: secretFile,
        CLICKHOUSE_SSL_CA_FILE: caFile,
        KAFKA_SSL: 'true',
        KAFKA_SSL_CA_FILE: caFile,
        ...(by === 'password'
          ? {
              KAFKA_BROKERS: broker.byPassword,
              KAFKA_SASL_MECHANISM: 'SCRAM-SHA-512',
              KAFKA_SASL_USERNAME: role,
              KAFKA_SASL_PASSWORD_FILE: secretFile,
            }
          : certify(role)),
      };
    },
    readLogs: () =>
      readdirSync(logFolder)
        .map((name) => readFileSync(join(logFolder, name), 'utf8'))
        .join(''),
    async close() {
      await acls.close();
      await Promise.all([broker.stop(), registry.close(), clickHouse.close()]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  const certify = (role: Role): Record<string, string> => {
    const { cert, key } = ca.issue(role);
    return {
      KAFKA_BROKERS: broker.byCertificate,
      KAFKA_SSL_CERT_FILE: writeFile(`${role}.cert.pem`, cert),
      KAFKA_SSL_KEY_FILE: writeFile(`${role}.key.pem`, key),
    };
  };
  try {
    await grantAll(room);
    await setUp({ env: { ...room.envOf('setup'), PARTITIONS: '3' }, log: () => {} });
  } catch (error) {
    await room.close();
    throw error;
  }
  return room;
}

/** Each role as a user with a password and as a certificate's subject, and a judge that reads everything. */
async function grantAll({ acls, prefix }: SecuredRoom): Promise<void> {
  const byPassword = new Map(SERVICES.map((role) => [role, `User:${role}`]));
  const byCertificate = new Map(SERVICES.map((role) => [role, `User:CN=${role}`]));
  for (const principals of [byPassword, byCertificate])
    await acls.create(planAcls({ topicPrefix: prefix, principals }));
  const all = { resourceType: 'topic', name: prefix, pattern: 'prefixed', operation: 'Read' } as const;
  await acls.create([{ ...all, principal: 'User:judge' }]);
}
