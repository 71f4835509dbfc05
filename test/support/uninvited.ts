import type { KafkaAccess } from '@scoreline/runtime/kafka/settings.ts';
import { createCertificateAuthority } from '@scoreline/runtime/testing/certificates.ts';
import type { SecuredRoom } from './secured-room.ts';

/** Somebody whom the brokers of a secured room don't let in. */
export interface Uninvited {
  readonly what: string;
  readonly accessTo: (room: SecuredRoom) => KafkaAccess;
  /** What the error tells him to look at. */
  readonly says: RegExp;
}

/** Of nobody who is known in the room. */
export const FOREIGN_CA = createCertificateAuthority('another CA');

const LONG_AGO_MS = Date.now() - 90_000_000;
const JUST_OVER_MS = Date.now() - 60_000;

export const UNINVITED: readonly Uninvited[] = [
  {
    what: 'a wrong password',
    accessTo: (room) => byPassword(room, 'scorer', 'wrong'),
    says: /does not let the user 'scorer' in/,
  },
  {
    what: 'an unknown user',
    accessTo: (room) => byPassword(room, 'mallory', 'x'),
    says: /does not let the user 'mallory' in/,
  },
  {
    what: 'another mechanism',
    accessTo: (room) => byPassword(room, 'scorer', 'x', 'PLAIN'),
    says: /mechanism/,
  },
  {
    what: 'no TLS',
    accessTo: (room) => ({ ...room.accessOf('scorer'), tls: undefined }),
    says: /speaks TLS on this port: set KAFKA_SSL=true/,
  },
  {
    what: 'a CA that is not the brokers’',
    accessTo: (room) => ({ ...room.accessOf('scorer'), tls: { ca: FOREIGN_CA.cert } }),
    says: /KAFKA_SSL_CA_FILE/,
  },
  {
    what: 'the standard CAs',
    accessTo: (room) => ({ ...room.accessOf('scorer'), tls: {} }),
    says: /KAFKA_SSL_CA_FILE/,
  },
  {
    what: 'no client certificate',
    accessTo: (room) => byCertificate(room, {}),
    says: /wants a client certificate/,
  },
  {
    what: 'one that has expired',
    accessTo: (room) =>
      byCertificate(room, room.ca.issue('scorer', { fromMs: LONG_AGO_MS, toMs: JUST_OVER_MS })),
    says: /wants a client certificate/,
  },
  {
    what: 'one of another CA',
    accessTo: (room) => byCertificate(room, FOREIGN_CA.issue('scorer')),
    says: /wants a client certificate/,
  },
];

function byPassword(
  room: SecuredRoom,
  username: string,
  password: string,
  mechanism: 'SCRAM-SHA-512' | 'PLAIN' = 'SCRAM-SHA-512',
): KafkaAccess {
  return { ...room.accessOf('scorer'), sasl: { mechanism, username, password } };
}

function byCertificate(room: SecuredRoom, identity: { readonly cert?: string; readonly key?: string }) {
  return { brokers: [room.broker.byCertificate], tls: { ca: room.ca.cert, ...identity } };
}
