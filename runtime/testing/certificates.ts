import { createPrivateKey, generateKeyPairSync, type KeyObject, randomBytes, sign } from 'node:crypto';

/** A certificate with its key, as PEM. */
export interface Identity {
  readonly cert: string;
  /** PKCS #8, not encrypted. */
  readonly key: string;
}

/** A CA of a test's own, since Node reads certificates and can't issue them. */
export interface CertificateAuthority {
  readonly cert: string;
  /** A certificate for a name (the subject's CN), valid on 127.0.0.1 and localhost, by default for a day from now. */
  issue(name: string, validity?: Validity): Identity;
}

/** When a certificate is valid, epoch milliseconds. */
export interface Validity {
  readonly fromMs: number;
  readonly toMs: number;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/** Makes a CA with a new key; milliseconds, since the keys are of an elliptic curve. */
export function createCertificateAuthority(name: string): CertificateAuthority {
  const { privateKey, publicKey } = newKeys();
  const issuer = { name, privateKey };
  const cert = issueCertificate({ subject: name, publicKey, issuer, isCa: true, validity: aDay() });
  return {
    cert,
    issue(subject, validity = aDay()) {
      const keys = newKeys();
      return {
        cert: issueCertificate({ subject, publicKey: keys.publicKey, issuer, isCa: false, validity }),
        key: String(keys.privateKey.export({ type: 'pkcs8', format: 'pem' })),
      };
    },
  };
}

/** The same key, under a passphrase. */
export function encryptKey(key: string, passphrase: string): string {
  const options = { type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase } as const;
  return String(createPrivateKey(key).export(options));
}

function newKeys(): { privateKey: KeyObject; publicKey: KeyObject } {
  return generateKeyPairSync('ec', { namedCurve: 'P-256' });
}

/** From a little before now: clocks are read at different moments. */
function aDay(): Validity {
  return { fromMs: Date.now() - 60_000, toMs: Date.now() + DAY_MS };
}

interface Request {
  readonly subject: string;
  readonly publicKey: KeyObject;
  readonly issuer: { readonly name: string; readonly privateKey: KeyObject };
  readonly isCa: boolean;
  readonly validity: Validity;
}

const BASIC_CONSTRAINTS = '2.5.29.19';
const SUBJECT_ALT_NAME = '2.5.29.17';
const COMMON_NAME = '2.5.4.3';
const ECDSA_WITH_SHA256 = '1.2.840.10045.4.3.2';

/** X.509 v3 by RFC 5280, in DER. */
function issueCertificate({ subject, publicKey, issuer, isCa, validity }: Request): string {
  const algorithm = sequence(objectId(ECDSA_WITH_SHA256));
  const serial = randomBytes(8);
  serial[0] = (serial[0] ?? 0) & 0x7f || 1;
  const body = sequence(
    tagged(0xa0, tagged(0x02, Buffer.from([2]))),
    tagged(0x02, serial),
    algorithm,
    distinguishedName(issuer.name),
    sequence(time(validity.fromMs), time(validity.toMs)),
    distinguishedName(subject),
    publicKey.export({ type: 'spki', format: 'der' }),
    tagged(0xa3, sequence(...(isCa ? [constraints()] : [alternativeNames()]))),
  );
  const signature = sign('sha256', body, issuer.privateKey);
  const der = sequence(body, algorithm, tagged(0x03, Buffer.concat([Buffer.from([0]), signature])));
  const lines = der.toString('base64').match(/.{1,64}/g) ?? [];
  return `-----BEGIN CERTIFICATE-----\n${lines.join('\n')}\n-----END CERTIFICATE-----\n`;
}

function constraints(): Buffer {
  const isCa = tagged(0x01, Buffer.from([0xff]));
  return sequence(objectId(BASIC_CONSTRAINTS), isCa, tagged(0x04, sequence(isCa)));
}

function alternativeNames(): Buffer {
  const names = sequence(
    tagged(0x87, Buffer.from([127, 0, 0, 1])),
    tagged(0x82, Buffer.from('localhost', 'ascii')),
  );
  return sequence(objectId(SUBJECT_ALT_NAME), tagged(0x04, names));
}

function distinguishedName(name: string): Buffer {
  const attribute = sequence(objectId(COMMON_NAME), tagged(0x0c, Buffer.from(name, 'utf8')));
  return sequence(tagged(0x31, attribute));
}

/** UTCTime: for years before 2050. */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replaceAll(/\D/g, '').slice(2, 14);
  return tagged(0x17, Buffer.from(`${text}Z`, 'ascii'));
}

function objectId(text: string): Buffer {
  const [first = 0, second = 0, ...rest] = text.split('.').map(Number);
  const bytes = rest.flatMap((arc) => {
    const septets = [arc & 0x7f];
    for (let left = arc >>> 7; left > 0; left >>>= 7) septets.unshift((left & 0x7f) | 0x80);
    return septets;
  });
  return tagged(0x06, Buffer.from([first * 40 + second, ...bytes]));
}

function sequence(...parts: readonly Buffer[]): Buffer {
  return tagged(0x30, Buffer.concat(parts));
}

function tagged(tag: number, content: Buffer): Buffer {
  const { length } = content;
  const size =
    length < 0x80 ? [length] : length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff];
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}
