import { type Server, STATUS_CODES } from 'node:http';
import type { Socket } from 'node:net';
import { describeProblem } from './problem.ts';

/** What was wrong with a connection before a request came of it. */
export type ConnectionFault = 'timeout' | 'headers' | 'malformed' | 'connections';

/** Bounds on what clients can hold of a server, however slowly they speak. */
export interface ConnectionLimits {
  /** At once. */
  readonly connections: number;
  /** For the headers to arrive, and for a connection that says nothing. */
  readonly headersMs: number;
  /** For a request to arrive whole. */
  readonly requestMs: number;
  /** How often the two before are looked at. */
  readonly lookEveryMs: number;
  /** Without a byte in either direction. */
  readonly silenceMs: number;
}

/** The longest silence is more than any route takes to answer; a connection may hold a body of a quarter MiB. */
export const CONNECTION_LIMITS: ConnectionLimits = {
  connections: 512,
  headersMs: 5_000,
  requestMs: 10_000,
  lookEveryMs: 1_000,
  silenceMs: 150_000,
};

/** More than any client has a use for. */
const MOST_HEADERS = 100;

/** Bounds the connections of a server, and tells of those that there was no room for. */
export function limitConnections(
  server: Server,
  { connections }: ConnectionLimits,
  onFault: (fault: ConnectionFault) => void,
): void {
  server.maxConnections = connections;
  server.maxHeadersCount = MOST_HEADERS;
  server.on('drop', () => onFault('connections'));
}

interface Answer {
  readonly fault: ConnectionFault;
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const MALFORMED: Answer = {
  fault: 'malformed',
  status: 400,
  code: 'request.malformed',
  message: 'this is no HTTP request',
};
const ANSWERS: Readonly<Record<string, Answer>> = {
  ERR_HTTP_REQUEST_TIMEOUT: {
    fault: 'timeout',
    status: 408,
    code: 'request.too_slow',
    message: 'the request took too long to arrive',
  },
  HPE_HEADER_OVERFLOW: {
    fault: 'headers',
    status: 431,
    code: 'request.too_large',
    message: 'the headers are more than 16 KiB',
  },
};

/** Answers what never became a request, in the form of every other answer, and ends the connection. */
export function createFaultHandler(onFault: (fault: ConnectionFault) => void) {
  return (error: Error & { readonly code?: string | undefined }, socket: Socket): void => {
    if (error.code === 'ECONNRESET' || socket.destroyed) return;
    const { fault, status, code, message } = ANSWERS[error.code ?? ''] ?? MALFORMED;
    onFault(fault);
    const body = JSON.stringify(describeProblem(code, message));
    const head = [
      `HTTP/1.1 ${status} ${STATUS_CODES[status]}`,
      'Content-Type: application/json; charset=utf-8',
      `Content-Length: ${Buffer.byteLength(body)}`,
      'Connection: close',
    ];
    if (socket.writable) socket.write(`${head.join('\r\n')}\r\n\r\n${body}`);
    socket.destroySoon();
  };
}
