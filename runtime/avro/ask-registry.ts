import {
  Agent as HttpAgent,
  type IncomingMessage,
  type RequestOptions,
  request as askPlainly,
} from 'node:http';
import { Agent as HttpsAgent, request as askByTls } from 'node:https';
import { explainTls } from '../tls/explain.ts';
import { type TlsMaterial, toTlsOptions } from '../tls/material.ts';

/** Where a registry is and how one is let in. */
export interface RegistryAccess {
  /** E.g. http://127.0.0.1:8081/apis/ccompat/v7. Without user and password: it is named in errors. */
  readonly url: string;
  /** For basic authentication. */
  readonly credentials?: { readonly username: string; readonly password: string } | undefined;
  /** Of an https URL. */
  readonly tls?: TlsMaterial | undefined;
}

/** What a registry answered, by HTTP. */
export interface RegistryAnswer {
  readonly status: number;
  /** Its JSON. */
  readonly body: unknown;
}

/** Asks for a path under the registry's URL; throws where no JSON came back in time. */
export type RegistryAsker = (method: string, path: string, body?: unknown) => Promise<RegistryAnswer>;

const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';
const PEER = { name: 'the schema registry', variables: 'SCHEMA_REGISTRY_SSL' };
/** No schema is larger. */
const MOST_ANSWER_BYTES = 16 * 1024 * 1024;
/** Idle connections are let go before usual servers close them, or a request would meet one that is gone. */
const IDLE_SOCKET_MS = 2_000;

/** Node's own client, since fetch takes no CA of one's own. Redirects are not followed: credentials stay here. */
export function createRegistryAsker(access: RegistryAccess, timeoutMs: number): RegistryAsker {
  const base = access.url.replace(/\/+$/, '');
  const isTls = base.startsWith('https:');
  const keepAlive = { keepAlive: true, timeout: IDLE_SOCKET_MS };
  const agent = isTls
    ? new HttpsAgent({ ...keepAlive, ...toTlsOptions(access.tls ?? {}) })
    : new HttpAgent(keepAlive);
  return async (method, path, body) => {
    const text = body === undefined ? '' : JSON.stringify(body);
    const options: RequestOptions = {
      agent,
      method,
      signal: AbortSignal.timeout(timeoutMs),
      headers: {
        accept: 'application/json',
        'content-type': CONTENT_TYPE,
        'content-length': Buffer.byteLength(text),
        ...authorizationOf(access),
      },
    };
    try {
      const response = await open(new URL(`${base}${path}`), isTls, options, text);
      return { status: response.statusCode ?? 0, body: await readJson(response) };
    } catch (error) {
      throw new Error(`${method} ${base}${path}: ${describe(error, timeoutMs)}`, { cause: error });
    }
  };
}

function describe(error: unknown, timeoutMs: number): string {
  if (!(error instanceof Error)) return String(error);
  if (error.name === 'AbortError') return `nothing within ${timeoutMs} ms`;
  return explainTls('code' in error ? error.code : undefined, PEER) ?? error.message;
}

function open(url: URL, isTls: boolean, options: RequestOptions, body: string): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const request = isTls ? askByTls(url, options) : askPlainly(url, options);
    request.once('response', resolve);
    request.once('error', reject);
    request.end(body);
  });
}

/** A refusal need not be JSON, an answer must. */
async function readJson(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > MOST_ANSWER_BYTES)
      throw new Error(`more than ${MOST_ANSWER_BYTES} bytes: no registry's answer`);
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch (error) {
    if ((response.statusCode ?? 0) >= 400) return undefined;
    throw error;
  }
}

function authorizationOf({ credentials }: RegistryAccess): { authorization?: string } {
  if (credentials === undefined) return {};
  const pair = `${credentials.username}:${credentials.password}`;
  return { authorization: `Basic ${Buffer.from(pair).toString('base64')}` };
}
