import type { ConnectionOptions } from 'node:tls';

/** What TLS needs beyond the standard CAs, as PEM texts. */
export interface TlsMaterial {
  /** Trusted in the place of the standard CAs. */
  readonly ca?: string | undefined;
  /** The client's certificate, with what stands between it and its CA; its key with it. */
  readonly cert?: string | undefined;
  /** Not encrypted: whoever reads it from a file has opened it. */
  readonly key?: string | undefined;
}

/** What isn't given must not be there: an undefined CA would be no CA at all. */
export function toTlsOptions({ ca, cert, key }: TlsMaterial): ConnectionOptions {
  return {
    ...(ca === undefined ? {} : { ca }),
    ...(cert === undefined ? {} : { cert }),
    ...(key === undefined ? {} : { key }),
  };
}
