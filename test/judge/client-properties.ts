import type { KafkaAccess } from '@scoreline/runtime/kafka/settings.ts';

/** How Kafka's Java client is let in as ours are, in its own words. Holds secrets. */
export function toJavaProperties({ brokers, tls, sasl }: KafkaAccess): Record<string, string> {
  return {
    'bootstrap.servers': brokers.join(','),
    'security.protocol': `${sasl === undefined ? '' : 'SASL_'}${tls === undefined ? 'PLAINTEXT' : 'SSL'}`,
    ...(sasl === undefined
      ? {}
      : { 'sasl.mechanism': sasl.mechanism, 'sasl.jaas.config': describeLogin(sasl) }),
    ...(tls?.ca === undefined ? {} : { 'ssl.truststore.type': 'PEM', 'ssl.truststore.certificates': tls.ca }),
    ...(tls?.cert === undefined || tls.key === undefined
      ? {}
      : {
          'ssl.keystore.type': 'PEM',
          'ssl.keystore.certificate.chain': tls.cert,
          'ssl.keystore.key': tls.key,
        }),
  };
}

function describeLogin({ mechanism, username, password }: NonNullable<KafkaAccess['sasl']>): string {
  const login = mechanism === 'PLAIN' ? 'plain.PlainLoginModule' : 'scram.ScramLoginModule';
  const quote = (text: string): string => `"${text.replaceAll(/["\\]/g, '\\$&')}"`;
  return `org.apache.kafka.common.security.${login} required username=${quote(username)} password=${quote(password)};`;
}

/** As Java's Properties.load reads it. */
export function formatProperties(properties: Readonly<Record<string, string>>): string {
  const escape = (text: string): string =>
    text.replaceAll('\\', '\\\\').replaceAll('\r', '').replaceAll('\n', '\\n').replaceAll(/^ /g, '\\ ');
  return Object.entries(properties)
    .map(([key, value]) => `${key}=${escape(value)}\n`)
    .join('');
}
