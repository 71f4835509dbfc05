import type { Logger } from 'pino';
import type { Health } from './http/server.ts';

/** What GET /health answers, through a service's start and afterwards. */
export interface Readiness {
  readonly health: () => Health;
  /** Not ready, for this reason, which is logged when it is another one. */
  waitFor(reason: string): void;
  /** From now on asked at each request: undefined is ready, a text the reason why not; `details` go along. */
  follow(notReady: () => string | undefined, details?: () => Readonly<Record<string, unknown>>): void;
}

/** Not ready until told otherwise: a service listens before its model is in memory. */
export function createReadiness(log: Logger): Readiness {
  let notReady: () => string | undefined = () => 'starting';
  let details: () => Readonly<Record<string, unknown>> = () => ({});
  return {
    health() {
      const reason = notReady();
      return reason === undefined
        ? { ready: true, details: details() }
        : { ready: false, reason, details: details() };
    },
    waitFor(reason) {
      if (reason !== notReady()) log.warn({ reason }, 'waiting');
      notReady = () => reason;
    },
    follow(ask, describe = () => ({})) {
      notReady = ask;
      details = describe;
    },
  };
}
