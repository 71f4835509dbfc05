import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type BrokerSettings, commonBrokerSettings } from '@scoreline/infra/local/broker-settings.ts';
import { startChildProcess } from '@scoreline/infra/local/child-process.ts';
import { provideDist } from '@scoreline/infra/local/dist.ts';
import { locateHome } from '@scoreline/infra/local/home.ts';
import { findJava } from '@scoreline/infra/local/java.ts';
import { newClusterId, prepareBroker } from '@scoreline/infra/local/kafka-broker.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { openTopicAdmin } from '@scoreline/runtime/kafka/admin.ts';
import type { KafkaAccess } from '@scoreline/runtime/kafka/settings.ts';
import type { CertificateAuthority } from '@scoreline/runtime/testing/certificates.ts';
import { until } from './until.ts';

/** A broker that lets nobody in without a name, and nobody do anything without a right. */
export interface SecuredBroker {
  /** host:port of the listener with SASL_SSL (SCRAM-SHA-512). */
  readonly byPassword: string;
  /** host:port of one with SASL_SSL by the other mechanisms (SCRAM-SHA-256, PLAIN). */
  readonly byOtherMechanisms: string;
  /** host:port of the listener that wants a certificate of the CA. */
  readonly byCertificate: string;
  stop(): Promise<void>;
}

export interface SecuredBrokerOptions {
  readonly folder: string;
  readonly ca: CertificateAuthority;
  /** Password by name; `admin` among them may do everything. */
  readonly users: Readonly<Record<string, string>> & { readonly admin: string };
}

const START_DEADLINE_MS = 90_000;
const HEAP_MB = 384;
const SCRAM_LOGIN = 'org.apache.kafka.common.security.scram.ScramLoginModule required;';

/** Starts it (KRaft) with TLS on every listener, the controller's too, and ACLs that deny by default. */
export async function startSecuredBroker(options: SecuredBrokerOptions): Promise<SecuredBroker> {
  const { folder, ca, users } = options;
  const java = await findJava(process.env);
  const dist = await provideDist('kafka', locateHome(undefined, process.env).dist, () => {});
  const [password = 0, otherwise = 0, certificate = 0, internal = 0, controller = 0] = await findFreePorts(5);
  const own = ca.issue('broker');
  mkdirSync(folder, { recursive: true });
  const keyStore = join(folder, 'broker.pem');
  const trustStore = join(folder, 'ca.pem');
  writeFileSync(keyStore, own.key + own.cert);
  writeFileSync(trustStore, ca.cert);
  const command = await prepareBroker({
    java,
    dist,
    dataFolder: join(folder, 'data'),
    logFile: join(folder, 'broker.log'),
    clusterId: newClusterId(),
    heapMb: HEAP_MB,
    scramUsers: users,
    properties: {
      ...describeSettings({ password, otherwise, certificate, internal, controller }, keyStore, trustStore),
      'listener.name.otherwise.plain.sasl.jaas.config': describePlainUsers(users),
    },
  });
  const child = await startChildProcess(command);
  const broker = {
    byPassword: `127.0.0.1:${password}`,
    byOtherMechanisms: `127.0.0.1:${otherwise}`,
    byCertificate: `127.0.0.1:${certificate}`,
    stop: () => child.stop(),
  };
  const admin = {
    brokers: [broker.byPassword],
    tls: { ca: ca.cert },
    sasl: { mechanism: 'SCRAM-SHA-512', username: 'admin', password: users.admin },
  } as const;
  await until(() => answers(admin), START_DEADLINE_MS, 'the secured broker did not answer');
  return broker;
}

type Port = 'password' | 'otherwise' | 'certificate' | 'internal' | 'controller';

function describeSettings(
  ports: Readonly<Record<Port, number>>,
  keyStore: string,
  trustStore: string,
): BrokerSettings {
  const on = (name: string, port: number): string => `${name}://127.0.0.1:${port}`;
  const forClients = [
    on('PASSWORD', ports.password),
    on('OTHERWISE', ports.otherwise),
    on('CERTIFICATE', ports.certificate),
  ];
  const forItself = on('INTERNAL', ports.internal);
  return {
    'process.roles': 'broker,controller',
    'node.id': 1,
    'controller.quorum.voters': `1@127.0.0.1:${ports.controller}`,
    listeners: [...forClients, forItself, on('CONTROLLER', ports.controller)].join(','),
    'advertised.listeners': [...forClients, forItself].join(','),
    'listener.security.protocol.map':
      'PASSWORD:SASL_SSL,OTHERWISE:SASL_SSL,CERTIFICATE:SSL,INTERNAL:SSL,CONTROLLER:SSL',
    'inter.broker.listener.name': 'INTERNAL',
    'controller.listener.names': 'CONTROLLER',
    'ssl.keystore.type': 'PEM',
    'ssl.keystore.location': keyStore,
    'ssl.truststore.type': 'PEM',
    'ssl.truststore.location': trustStore,
    'ssl.client.auth': 'required',
    'listener.name.password.ssl.client.auth': 'none',
    'listener.name.password.sasl.enabled.mechanisms': 'SCRAM-SHA-512',
    'listener.name.password.scram-sha-512.sasl.jaas.config': SCRAM_LOGIN,
    'listener.name.otherwise.ssl.client.auth': 'none',
    'listener.name.otherwise.sasl.enabled.mechanisms': 'SCRAM-SHA-256,PLAIN',
    'listener.name.otherwise.scram-sha-256.sasl.jaas.config': SCRAM_LOGIN,
    'authorizer.class.name': 'org.apache.kafka.metadata.authorizer.StandardAuthorizer',
    'super.users': 'User:CN=broker;User:admin',
    'allow.everyone.if.no.acl.found': false,
    ...commonBrokerSettings({ partitions: 4 }),
  };
}

function describePlainUsers(users: Readonly<Record<string, string>>): string {
  const known = Object.entries(users).map(([name, password]) => `user_${name}="${password}"`);
  return `org.apache.kafka.common.security.plain.PlainLoginModule required ${known.join(' ')};`;
}

async function answers(access: KafkaAccess): Promise<boolean> {
  try {
    const admin = await openTopicAdmin({ ...access, clientId: 'test' }, () => {});
    await admin.describeTopics([]);
    await admin.close();
    return true;
  } catch {
    return false;
  }
}
