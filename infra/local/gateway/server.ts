import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

import { findContentType } from './content-types.ts';
import { pack } from './encodings.ts';
import { createError, findStatus, type EngineError } from './engine-error.ts';
import type { Engine } from './engine.ts';
import { readBody } from './read-body.ts';
import { readOptions, type RequestOptions } from './read-request.ts';
import type { EngineAnswer } from './run-statement.ts';
import { readStatement, type Statement } from './statement.ts';

/** What is the same for all requests. */
interface GatewayContext {
  readonly engine: Engine;
  readonly maxBodyBytes: number;
}

/**
 * ClickHouse's HTTP interface in front of an engine: one request, one statement. It sorts what came, hands it
 * over and passes the answer on, bytes and errors as they are. An answer is held in memory before it is sent, so
 * that its status is right; a body longer than `maxBodyBytes`, unpacked too, gets 413.
 */
export function createGateway(context: GatewayContext): Server {
  const server = createServer(
    { maxHeaderSize: 1024 * 1024, keepAliveTimeout: 10_000 },
    (request, response) => {
      answer(context, request, response).catch((error: unknown) => {
        sendError(context, response, createError(1002, `${String(error)}. (UNKNOWN_EXCEPTION)`));
      });
    },
  );
  // A long INSERT SELECT keeps a request open; the engine's own limit is five minutes.
  server.requestTimeout = 600_000;
  return server;
}

async function answer(
  context: GatewayContext,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const url = URL.parse(request.url ?? '/', 'http://127.0.0.1');
  response.setHeader('X-ClickHouse-Server-Display-Name', 'scoreline-gateway');
  if (url === null) return sendText(response, 400, 'The path is no URL\n');
  if (['/ping', '/replicas_status'].includes(url.pathname)) return sendText(response, 200, 'Ok.\n');
  if (url.pathname !== '/') return sendText(response, 404, `There is no handle ${url.pathname}\n`);

  const options = readOptions(url.searchParams, request.headers);
  response.setHeader('X-ClickHouse-Query-Id', options.queryId ?? crypto.randomUUID());
  response.setHeader('X-ClickHouse-Timezone', context.engine.timezone);
  const body = await readBody(request, context.engine, context.maxBodyBytes);
  if ('code' in body) return sendError(context, response, body);
  const head = Buffer.from(options.query === '' ? '' : `${options.query}\n`);
  const statement = readStatement(Buffer.concat([head, body]));
  if (statement.kind === 'refused')
    return sendError(context, response, createError(statement.code, statement.message));
  if (statement.kind === 'empty') {
    if (request.method === 'GET') return sendText(response, 200, 'Ok.\n');
    return sendError(context, response, createError(62, 'Empty query. (SYNTAX_ERROR)'));
  }
  const readOnly = request.method !== 'POST';
  const result = await context.engine.run({ ...options, statement, readOnly });
  await sendAnswer(context, request, response, options, statement, result);
}

async function sendAnswer(
  context: GatewayContext,
  request: IncomingMessage,
  response: ServerResponse,
  options: RequestOptions,
  statement: Statement,
  result: EngineAnswer,
): Promise<void> {
  if (result.kind === 'failed') return sendError(context, response, result.error);
  const format = (statement.kind === 'text' ? statement.format : undefined) ?? options.defaultFormat;
  response.setHeader('X-ClickHouse-Summary', summarise(statement, result));
  response.setHeader('X-ClickHouse-Format', format);
  response.setHeader('Content-Type', findContentType(format));
  const accepted = options.mayCompress ? (request.headers['accept-encoding'] ?? '') : '';
  const { bytes, encoding } = await pack(result.bytes, accepted);
  if (encoding !== undefined) response.setHeader('Content-Encoding', encoding);
  response.setHeader('Content-Length', bytes.length);
  response.end(bytes);
}

/** The counts that the engine gives: rows of a load are both read and written, of other statements only read is known. */
function summarise(statement: Statement, result: Extract<EngineAnswer, { kind: 'done' }>): string {
  const isLoad = statement.kind === 'load';
  return JSON.stringify({
    read_rows: String(result.readRows),
    read_bytes: String(result.readBytes),
    written_rows: String(isLoad ? result.readRows : 0),
    written_bytes: String(isLoad ? result.readBytes : 0),
    total_rows_to_read: '0',
    result_rows: String(isLoad ? result.readRows : 0),
    result_bytes: String(isLoad ? result.readBytes : result.bytes.length),
    elapsed_ns: String(Math.round(result.elapsedSeconds * 1e9)),
  });
}

function sendError(
  { engine }: GatewayContext,
  response: ServerResponse,
  { code, message }: EngineError,
): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const status = findStatus(code);
  response.setHeader('X-ClickHouse-Exception-Code', code);
  // What is left of a body that was too long isn't read: the connection is of no more use.
  if (status === 413) response.setHeader('Connection', 'close');
  sendText(response, status, `${message} (version ${engine.version} (chDB))\n`);
}

function sendText(response: ServerResponse, status: number, text: string): void {
  response.statusCode = status;
  response.setHeader('Content-Type', 'text/plain; charset=UTF-8');
  response.end(text);
}
