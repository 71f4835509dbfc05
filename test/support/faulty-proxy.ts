import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import { Transform } from 'node:stream';

/** What a proxy does to the connections through it. */
export type Toxic =
  /** Connections end, new ones are refused answers: an outage. */
  | { readonly kind: 'cut' }
  /** Each chunk, either way, comes so much later. */
  | { readonly kind: 'delay'; readonly ms: number }
  /** Connections stay, new ones open, and nothing comes through: half-open, as when a route is lost. */
  | { readonly kind: 'hole' }
  /** Whatever is asked gets these bytes and the connection's end. */
  | { readonly kind: 'answer'; readonly bytes: string };

/** A TCP proxy whose connections can be made to fail. */
export interface FaultyProxy {
  readonly port: number;
  /** From now on, for connections that are open too; undefined: as if there were no proxy. */
  poison(toxic: Toxic | undefined): void;
  /** Right before the next chunk of this kind from a client is passed on: the moment to hit what it asks. */
  onceAsked(isIt: (chunk: Buffer) => boolean, run: () => void): void;
  close(): Promise<void>;
}

interface Trap {
  readonly isIt: (chunk: Buffer) => boolean;
  readonly run: () => void;
}

/** Listens on a port of 127.0.0.1 (default: a free one) and passes on to `target`. */
export async function startFaultyProxy(
  target: Pick<URL, 'hostname' | 'port'>,
  port = 0,
): Promise<FaultyProxy> {
  const open = new Set<Socket>();
  let toxic: Toxic | undefined;
  let trap: Trap | undefined;
  const onAsked = (chunk: Buffer): void => {
    if (trap?.isIt(chunk) !== true) return;
    const { run } = trap;
    trap = undefined;
    run();
  };
  const server = createServer((incoming) => {
    // An error is followed by `close`.
    incoming.on('error', () => {});
    if (toxic?.kind === 'cut') incoming.destroy();
    else if (toxic?.kind === 'answer') answer(incoming, toxic.bytes);
    else {
      incoming.on('data', onAsked);
      join(incoming, connect(Number(target.port), target.hostname), () => toxic, open);
    }
  });
  await listen(server, port);
  return {
    port: (server.address() as AddressInfo).port,
    poison(next) {
      // What has been swallowed by a hole is lost to the connection for good: TCP would have ended it.
      const isOver = toxic?.kind === 'hole' || next?.kind === 'cut' || next?.kind === 'answer';
      toxic = next;
      if (isOver) for (const socket of open) socket.destroy();
    },
    onceAsked(isIt, run) {
      trap = { isIt, run };
    },
    close() {
      for (const socket of open) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function join(
  incoming: Socket,
  outgoing: Socket,
  currentToxic: () => Toxic | undefined,
  open: Set<Socket>,
): void {
  for (const [socket, other] of [
    [incoming, outgoing],
    [outgoing, incoming],
  ] as const) {
    open.add(socket);
    socket.on('error', () => {});
    socket.on('close', () => {
      open.delete(socket);
      other.destroy();
    });
    socket.pipe(createFilter(currentToxic)).pipe(other);
  }
}

/** Chunks stay in order: each waits for the one before. */
function createFilter(currentToxic: () => Toxic | undefined): Transform {
  return new Transform({
    transform(chunk: Buffer, _encoding, passOn) {
      const toxic = currentToxic();
      if (toxic?.kind === 'hole') passOn();
      else if (toxic?.kind === 'delay') setTimeout(() => passOn(null, chunk), toxic.ms);
      else passOn(null, chunk);
    },
  });
}

function answer(incoming: Socket, bytes: string): void {
  incoming.once('data', () => incoming.end(bytes));
}

function listen(server: Server, port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, '127.0.0.1', () => resolve());
  });
}
