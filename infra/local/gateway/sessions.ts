/** What keeps a named session's connection between requests. */
interface KeptConnection<C> {
  readonly connection: C;
  busy: boolean;
  expiry: NodeJS.Timeout | undefined;
}

/** Named sessions: one connection each, one request at a time, gone after a while of silence. */
export interface Sessions<C> {
  /** Undefined, without running `work`, when another request is using the session or there are too many. */
  use<T>(id: string, timeoutSeconds: number, work: (connection: C) => Promise<T>): Promise<T | undefined>;
  close(): Promise<void>;
}

const MAX_SESSIONS = 1000;

/** `connect` opens a connection at a session's first request, `disconnect` ends it. */
export function createSessions<C>(
  connect: () => Promise<C>,
  disconnect: (connection: C) => void,
): Sessions<C> {
  const kept = new Map<string, Promise<KeptConnection<C>>>();

  const find = (id: string): Promise<KeptConnection<C>> | undefined => {
    const known = kept.get(id);
    if (known !== undefined || kept.size >= MAX_SESSIONS) return known;
    const opening = connect().then((connection) => ({ connection, busy: false, expiry: undefined }));
    opening.catch(() => kept.delete(id));
    kept.set(id, opening);
    return opening;
  };

  return {
    async use(id, timeoutSeconds, work) {
      const session = await find(id);
      if (session === undefined || session.busy) return undefined;
      clearTimeout(session.expiry);
      session.busy = true;
      try {
        return await work(session.connection);
      } finally {
        session.busy = false;
        session.expiry = setTimeout(() => {
          kept.delete(id);
          disconnect(session.connection);
        }, timeoutSeconds * 1000).unref();
      }
    },
    async close() {
      const ended = [...kept.values()];
      kept.clear();
      for (const outcome of await Promise.allSettled(ended)) {
        if (outcome.status === 'rejected') continue;
        clearTimeout(outcome.value.expiry);
        disconnect(outcome.value.connection);
      }
    },
  };
}
