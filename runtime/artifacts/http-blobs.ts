import { ArtifactError, abortError } from './artifact-error.ts';
import type { BlobRead, BlobStore, BlobWrite } from './blob-store.ts';

export interface HttpBlobsSettings {
  /** E.g. https://models.example.org/scoreline; sent with every request below it, nowhere else. */
  readonly root: string;
  /** The value of the `authorization` header: `Bearer …`, `Basic …`. */
  readonly authorization?: string | undefined;
}

interface Ask {
  readonly signal: AbortSignal;
  readonly headers: Record<string, string>;
  readonly method?: 'PUT';
  readonly body?: NonNullable<RequestInit['body']>;
}

/** What says "no PUT here": not allowed, not implemented, or not for us. */
const NO_WRITES = [401, 403, 405, 501];
const EXISTS = [409, 412];
const BAD_RANGE = 416;
const PARTIAL = 206;
const CONTENT_RANGE = /^bytes (?<from>\d+)-/;

/** A web server's files: read with ranges where it takes them, written by PUT where it takes that. */
export function createHttpBlobs({ root, authorization }: HttpBlobsSettings): BlobStore {
  const base = root.replace(/\/+$/, '');
  const addressOf = (path: string): string => `${base}/${path.split('/').map(encodeURIComponent).join('/')}`;
  const headers = {
    ...(authorization === undefined ? {} : { authorization }),
    'accept-encoding': 'identity',
  };

  const ask = async (path: string, { headers: more, ...init }: Ask): Promise<Response> => {
    const url = addressOf(path);
    try {
      return await fetch(url, { ...init, headers: { ...headers, ...more } });
    } catch (error) {
      if (init.signal.aborted) throw abortError(init.signal);
      throw new ArtifactError('unavailable', `${url} does not answer: ${causeOf(error)}`, error);
    }
  };
  const read: BlobStore['read'] = async (path, fromByte, signal) => {
    const range = fromByte > 0 ? { range: `bytes=${fromByte}-` } : undefined;
    const response = await ask(path, { signal, headers: { ...range } });
    if (response.status === BAD_RANGE && fromByte > 0) {
      await response.body?.cancel();
      return read(path, 0, signal);
    }
    return readBody(response, addressOf(path));
  };
  return {
    addressOf,
    read,
    async write(path, bytes, ifAbsent, signal) {
      const condition = ifAbsent ? { 'if-none-match': '*' } : undefined;
      const type = { 'content-type': 'application/octet-stream' };
      const response = await ask(path, {
        method: 'PUT',
        body: Buffer.from(bytes),
        signal,
        headers: { ...type, ...condition },
      });
      await response.body?.cancel();
      return judgeWrite(response.status, addressOf(path));
    },
  };
}

async function readBody(response: Response, url: string): Promise<BlobRead | undefined> {
  const { status, body, headers } = response;
  if (response.ok && body !== null) return { fromByte: startOf(status, headers), chunks: body };
  await body?.cancel();
  if (status === 404 || status === 410) return undefined;
  if (response.ok) return { fromByte: 0, chunks: emptyBody() };
  throw refusal(status, url);
}

/** A server that doesn't know ranges answers 200 with the whole file. */
function startOf(status: number, headers: Headers): number {
  if (status !== PARTIAL) return 0;
  return Number(CONTENT_RANGE.exec(headers.get('content-range') ?? '')?.groups?.['from'] ?? 0);
}

async function* emptyBody(): AsyncGenerator<Uint8Array> {}

function judgeWrite(status: number, url: string): BlobWrite {
  if (status >= 200 && status < 300) return 'written';
  if (EXISTS.includes(status)) return 'exists';
  if (NO_WRITES.includes(status)) return 'read_only';
  throw refusal(status, url);
}

function refusal(status: number, url: string): ArtifactError {
  if (status === 401 || status === 403)
    return new ArtifactError('forbidden', `${url} answers ${status}: is MODEL_STORE_AUTHORIZATION right?`);
  if (status >= 500 || status === 408 || status === 429)
    return new ArtifactError('unavailable', `${url} answers ${status}`);
  return new ArtifactError(
    'invalid',
    `${url} answers ${status}: is MODEL_STORE the folder above the models?`,
  );
}

/** fetch hides what happened in the error's cause. */
function causeOf(error: unknown): string {
  const cause = error instanceof Error ? (error.cause ?? error) : error;
  return cause instanceof Error ? cause.message : String(cause);
}
