/** Whose certificate is meant, and which variables a person would set: `KAFKA_SSL` for `KAFKA_SSL_CA_FILE` and so on. */
export interface TlsPeer {
  /** 'the broker'. */
  readonly name: string;
  readonly variables: string;
}

/** By OpenSSL's and Node's codes, never by text. */
const EXPLANATIONS: Readonly<Record<string, (peer: TlsPeer) => string>> = {
  DEPTH_ZERO_SELF_SIGNED_CERT: untrusted,
  SELF_SIGNED_CERT_IN_CHAIN: untrusted,
  UNABLE_TO_GET_ISSUER_CERT: untrusted,
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: untrusted,
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: untrusted,
  CERT_SIGNATURE_FAILURE: untrusted,
  CERT_HAS_EXPIRED: ({ name }) => `the certificate of ${name} has expired: renew it`,
  CERT_NOT_YET_VALID: ({ name }) => `the certificate of ${name} is not valid yet: compare the clocks`,
  ERR_TLS_CERT_ALTNAME_INVALID: ({ name }) =>
    `the certificate of ${name} is for another host: it must name the address that is connected to`,
  EPROTO: noTls,
  ERR_SSL_WRONG_VERSION_NUMBER: noTls,
  ERR_SSL_PACKET_LENGTH_TOO_LONG: noTls,
  // OpenSSL's names of alerts have changed with its versions.
  ...Object.fromEntries(
    [
      'ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED',
      'ERR_SSL_TLSV1_ALERT_UNKNOWN_CA',
      ...['BAD_CERTIFICATE', 'CERTIFICATE_EXPIRED', 'CERTIFICATE_REVOKED', 'CERTIFICATE_UNKNOWN'].flatMap(
        (alert) => [`ERR_SSL_SSLV3_ALERT_${alert}`, `ERR_SSL_SSL/TLS_ALERT_${alert}`],
      ),
    ].map((code) => [code, refused]),
  ),
};

/** What a TLS error means and what to do about it; undefined where it is none that is known. */
export function explainTls(code: unknown, peer: TlsPeer): string | undefined {
  const explain = typeof code === 'string' ? EXPLANATIONS[code] : undefined;
  return explain === undefined ? undefined : `${explain(peer)} (${String(code)})`;
}

function untrusted({ name, variables }: TlsPeer): string {
  return `the certificate of ${name} is of no CA that is trusted here: name its CA's in ${variables}_CA_FILE`;
}

function noTls({ name }: TlsPeer): string {
  return `${name} does not speak TLS on this port, or no version that is spoken here`;
}

function refused({ name, variables }: TlsPeer): string {
  return `${name} wants a client certificate that is valid and of a CA that it trusts: see ${variables}_CERT_FILE and ${variables}_KEY_FILE`;
}
