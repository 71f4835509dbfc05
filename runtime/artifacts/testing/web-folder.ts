import { randomUUID } from 'node:crypto';
import { link, mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { dirname, join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';

/** A web server over a folder, with what real ones do wrong on request; one fault is used up by one answer. */
export interface WebFolder {
  readonly url: string;
  /** `GET /path 1234-` for each request, the range only where one was asked for. */
  readonly requests: readonly string[];
  /** Answers without a body's rest, cut or hanging, or with a status, for the next GET of a path that ends so. */
  failNext(pathEnd: string, fault: WebFault): void;
  close(): Promise<void>;
}

export type WebFault =
  | { readonly kind: 'cut'; readonly afterBytes: number }
  | { readonly kind: 'hang'; readonly afterBytes: number }
  /** The body in ten pieces, so far apart. */
  | { readonly kind: 'trickle'; readonly everyMs: number }
  | { readonly kind: 'status'; readonly status: number };

export interface WebFolderOptions {
  readonly ranges?: boolean;
  readonly writable?: boolean;
  /** Wanted in each request's `authorization`. */
  readonly authorization?: string;
}

const READ_TIME_MS = 100;

/** Starts one on a free port. */
export async function startWebFolder(
  folder: string,
  { ranges = true, writable = true, authorization }: WebFolderOptions = {},
): Promise<WebFolder> {
  const requests: string[] = [];
  const faults: { pathEnd: string; fault: WebFault }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const path = decodeURIComponent(request.url ?? '/');
    const range = ranges ? /^bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] : undefined;
    requests.push([request.method, path, ...(range === undefined ? [] : [`${range}-`])].join(' '));
    if (authorization !== undefined && request.headers.authorization !== authorization)
      return void response.writeHead(401).end();
    if (request.method === 'PUT')
      return writable
        ? await receive(join(folder, path), request, response)
        : void response.writeHead(405).end();
    const index = faults.findIndex(({ pathEnd }) => path.endsWith(pathEnd));
    const fault = index === -1 ? undefined : faults.splice(index, 1)[0]?.fault;
    await send(join(folder, path), range === undefined ? undefined : Number(range), fault, response);
  };
  const server = createServer((request, response) => void answer(request, response));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}`,
    requests,
    failNext: (pathEnd, fault) => void faults.push({ pathEnd, fault }),
    close: () => {
      server.closeAllConnections();
      return new Promise((resolve) => void server.close(() => resolve()));
    },
  };
}

async function send(
  path: string,
  from: number | undefined,
  fault: WebFault | undefined,
  response: ServerResponse,
): Promise<void> {
  if (fault?.kind === 'status') return void response.writeHead(fault.status).end();
  const bytes = await readFile(path).catch(() => undefined);
  if (bytes === undefined) return void response.writeHead(404).end();
  const start = from ?? 0;
  if (start > bytes.length || (start === bytes.length && start > 0))
    return void response.writeHead(416).end();
  const body = bytes.subarray(start);
  const range = { 'content-range': `bytes ${start}-${bytes.length - 1}/${bytes.length}` };
  response.writeHead(from === undefined ? 200 : 206, {
    'content-length': body.length,
    ...(from === undefined ? {} : range),
  });
  if (fault === undefined) return void response.end(body);
  if (fault.kind === 'trickle') return trickle(body, fault.everyMs, response);
  await new Promise((resolve) => response.write(body.subarray(0, fault.afterBytes), resolve));
  if (fault.kind === 'hang') return;
  // A client drops what it hasn't read yet when the connection breaks.
  await wait(READ_TIME_MS);
  response.destroy();
}

async function trickle(body: Buffer, everyMs: number, response: ServerResponse): Promise<void> {
  const size = Math.ceil(body.length / 10);
  for (let from = 0; from < body.length; from += size) {
    response.write(body.subarray(from, from + size));
    await wait(everyMs);
  }
  response.end();
}

async function receive(path: string, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(dirname(path), `.${randomUUID()}`);
  await writeFile(temporary, Buffer.concat(chunks));
  response.writeHead(await settle(temporary, path, request.headers['if-none-match'] === '*')).end();
}

/** In one step, as a server must that knows conditions. */
async function settle(temporary: string, path: string, ifAbsent: boolean): Promise<number> {
  if (ifAbsent) {
    const isNew = await link(temporary, path).then(
      () => true,
      () => false,
    );
    await rm(temporary);
    return isNew ? 201 : 412;
  }
  await rename(temporary, path);
  return 201;
}
