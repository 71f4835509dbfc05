/** A key as a request brings it. */
export interface Credentials {
  readonly key: string;
  /** By Basic, which browsers send by themselves, also when another site makes them ask. */
  readonly fromBrowser: boolean;
}

/**
 * The key of an Authorization header: `Bearer <key>`, or `Basic` with the key as password and any user name, which is how
 * browsers ask people. Undefined: there is none that can be read.
 */
export function readCredentials(header: string | undefined): Credentials | undefined {
  const [, scheme = '', rest = ''] = /^(bearer|basic) +([\w.~+/=-]+) *$/i.exec(header ?? '') ?? [];
  if (rest === '') return undefined;
  if (scheme.toLowerCase() === 'bearer') return { key: rest, fromBrowser: false };
  const [, key = ''] = /^[^:]*:(.+)$/s.exec(Buffer.from(rest, 'base64').toString('utf8')) ?? [];
  return key === '' ? undefined : { key, fromBrowser: true };
}
