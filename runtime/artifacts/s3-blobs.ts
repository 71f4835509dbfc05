import { GetObjectCommand, PutObjectCommand, S3Client, S3ServiceException } from '@aws-sdk/client-s3';
import { ArtifactError, abortError } from './artifact-error.ts';
import type { BlobRead, BlobStore } from './blob-store.ts';

export interface S3Settings {
  /** Of an S3-speaking server other than AWS, e.g. http://127.0.0.1:9000; buckets are then part of the path. */
  readonly endpoint?: string | undefined;
  /** Default: the SDK's own (AWS_REGION, profile), and us-east-1 for an endpoint of one's own. */
  readonly region?: string | undefined;
}

const CONNECT_TIMEOUT_MS = 5_000;
const REQUEST_TIMEOUT_MS = 30_000;
const MAX_ATTEMPTS = 3;
const FORBIDDEN = [401, 403];
const EXISTS = [409, 412];
const BAD_RANGE = 416;

/** A client with times bounded; credentials come by the SDK's usual chain (environment, profile, role). */
export function createS3Client({ endpoint, region }: S3Settings): S3Client {
  const place = region ?? (endpoint === undefined ? undefined : 'us-east-1');
  return new S3Client({
    maxAttempts: MAX_ATTEMPTS,
    // Bytes are verified by the manifest's sha256; servers other than AWS stumble over the SDK's own checksums.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      connectionTimeout: CONNECT_TIMEOUT_MS,
      requestTimeout: REQUEST_TIMEOUT_MS,
      throwOnRequestTimeout: true,
    },
    ...(place === undefined ? {} : { region: place }),
    ...(endpoint === undefined ? {} : { endpoint, forcePathStyle: true }),
  });
}

/** Objects below `prefix` of a bucket, through the official client. */
export function createS3Blobs(client: S3Client, bucket: string, prefix: string): BlobStore {
  const keyOf = (path: string): string => (prefix === '' ? path : `${prefix}/${path}`);
  const addressOf = (path: string): string => `s3://${bucket}/${keyOf(path)}`;
  const read: BlobStore['read'] = async (path, fromByte, signal) => {
    const range = fromByte > 0 ? { Range: `bytes=${fromByte}-` } : {};
    const command = new GetObjectCommand({ Bucket: bucket, Key: keyOf(path), ...range });
    try {
      const { Body: body, ContentRange: given } = await client.send(command, { abortSignal: signal });
      return toBlobRead(body, given === undefined ? 0 : fromByte);
    } catch (error) {
      const status = statusOf(error);
      if (status === BAD_RANGE && fromByte > 0) return read(path, 0, signal);
      if (error instanceof S3ServiceException && error.name === 'NoSuchKey') return undefined;
      throw explain(error, addressOf(path), signal);
    }
  };
  return {
    addressOf,
    read,
    async write(path, bytes, ifAbsent, signal) {
      const condition = ifAbsent ? { IfNoneMatch: '*' } : {};
      const command = new PutObjectCommand({ Bucket: bucket, Key: keyOf(path), Body: bytes, ...condition });
      try {
        await client.send(command, { abortSignal: signal });
        return 'written';
      } catch (error) {
        const status = statusOf(error);
        if (ifAbsent && status !== undefined && EXISTS.includes(status)) return 'exists';
        if (status !== undefined && FORBIDDEN.includes(status)) return 'read_only';
        throw explain(error, addressOf(path), signal);
      }
    },
  };
}

/** In Node a body is a stream of bytes; the client's type also covers browsers. */
function toBlobRead(body: unknown, fromByte: number): BlobRead {
  if (typeof body === 'object' && body !== null && Symbol.asyncIterator in body)
    return { fromByte, chunks: body as AsyncIterable<Uint8Array> };
  throw new ArtifactError('unavailable', 'the S3 server answered without a body');
}

function statusOf(error: unknown): number | undefined {
  return error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
}

function explain(error: unknown, address: string, signal: AbortSignal): ArtifactError {
  if (signal.aborted) return abortError(signal);
  const what = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
  const status = statusOf(error);
  if (status !== undefined && FORBIDDEN.includes(status))
    return new ArtifactError('forbidden', `${address}: ${what}: do the credentials allow it?`, error);
  if (status === 404)
    return new ArtifactError(
      'missing',
      `${address}: ${what}: is the bucket's name in MODEL_STORE right?`,
      error,
    );
  return new ArtifactError('unavailable', `${address}: ${what}`, error);
}
