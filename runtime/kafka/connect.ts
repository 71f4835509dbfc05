import { createRequire } from 'node:module';
import { connect, isIP, type Socket } from 'node:net';
import { type ConnectionOptions, connect as connectByTls, type TLSSocket } from 'node:tls';
import type { AuthenticationProviderArgs, Authenticator, ISocketFactoryArgs, Mechanism } from 'kafkajs';
import { explainTls } from '../tls/explain.ts';
import type { KafkaSasl, SaslMechanism } from './settings.ts';

const KEEP_ALIVE_DELAY_MS = 60_000;
/** As the first bytes of an answer they would be the size of one of 350 MB. */
const TLS_ALERT = 0x15;
const TLS_MAJOR_VERSION = 0x03;
const PEER = { name: 'the broker', variables: 'KAFKA_SSL' };

/** As kafkajs connects, but for what is said where it fails: what that means and what to do. */
export function openSocket({ host, port, ssl, onConnect }: ISocketFactoryArgs): Socket {
  // Null without TLS, whatever its type says.
  const tls = ssl as ConnectionOptions | null | undefined;
  const socket = tls ? openTls(host, port, tls, onConnect) : connect({ host, port }, onConnect);
  socket.setKeepAlive(true, KEEP_ALIVE_DELAY_MS);
  // As Kafka's own clients: a request that follows another is not to wait until that one has arrived.
  socket.setNoDelay(true);
  if (!tls) socket.once('data', (first) => refuseTls(socket, first));
  return socket;
}

/** A broker that wants TLS answers a plain request with an alert of TLS, and closes; kafkajs knows no more than that. */
function refuseTls(socket: Socket, first: Buffer): void {
  if (first[0] !== TLS_ALERT || first[1] !== TLS_MAJOR_VERSION) return;
  socket.destroy(new Error('the broker speaks TLS on this port: set KAFKA_SSL=true'));
}

function openTls(host: string, port: number, tls: ConnectionOptions, onConnect: () => void): TLSSocket {
  const serverName = isIP(host) === 0 ? { servername: host } : {};
  const socket = connectByTls({ host, port, ...serverName, ...tls }, onConnect);
  let isSecure = false;
  socket.once('secureConnect', () => void (isSecure = true));
  // Before kafkajs's own listener, which makes an error of its own of this one's message.
  socket.on('error', (error: NodeJS.ErrnoException) => {
    const isCutShort = error.code === 'ECONNRESET' && !isSecure && !socket.connecting;
    const explained = explainTls(isCutShort ? 'EPROTO' : error.code, PEER);
    if (explained !== undefined) error.message = `${host}:${port}: ${explained}`;
  });
  return socket;
}

type AuthenticationProvider = (sasl: KafkaSasl) => (args: AuthenticationProviderArgs) => Authenticator;

/** kafkajs's own, which it doesn't export. */
const PROVIDERS: Readonly<Record<SaslMechanism, string>> = {
  PLAIN: 'plain',
  'SCRAM-SHA-256': 'scram256',
  'SCRAM-SHA-512': 'scram512',
};

/** Authentication as kafkajs does it, but for what is said where it fails: by whom, and what to look at. */
export function authenticateAs(sasl: KafkaSasl): Mechanism {
  const file = `kafkajs/src/broker/saslAuthenticator/${PROVIDERS[sasl.mechanism]}.js`;
  const provider = (createRequire(import.meta.url)(file) as AuthenticationProvider)(sasl);
  return {
    mechanism: sasl.mechanism,
    authenticationProvider(args) {
      const { authenticate } = provider(args);
      return {
        async authenticate() {
          try {
            await authenticate();
          } catch (error) {
            // kafkajs goes by the error's class and name.
            if (error instanceof Error)
              error.message = `${args.host}:${args.port} does not let the user '${sasl.username}' in: ${error.message}; see KAFKA_SASL_USERNAME and KAFKA_SASL_PASSWORD`;
            throw error;
          }
        },
      };
    },
  };
}
