import { createArtifactStore } from '@scoreline/runtime/artifacts/create-artifact-store.ts';
import {
  describeArtifactStore,
  type StorePlace,
} from '@scoreline/runtime/artifacts/testing/artifact-store-contract.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import { type PeerServer, startMoto } from './server.ts';

/** moto asks who it is, and doesn't verify. */
const OWNER =
  'AWS4-HMAC-SHA256 Credential=tests/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=none';

let moto: PeerServer;
let bucket = 0;

beforeAll(async () => {
  vi.stubEnv('AWS_ACCESS_KEY_ID', 'tests');
  vi.stubEnv('AWS_SECRET_ACCESS_KEY', 'tests');
  moto = await startMoto();
});
afterAll(() => moto.stop());

/** A bucket of its own; its objects are changed past the client that is tested. */
async function openBucket(prefix: string): Promise<StorePlace> {
  bucket += 1;
  const name = `models-${bucket}`;
  await ask('PUT', name);
  const address = (path: string): string => [name, ...(prefix === '' ? [] : [prefix]), path].join('/');
  return {
    settings: { root: `s3://${address('')}`, s3: { endpoint: moto.url } },
    write: (path, content) => ask('PUT', address(path), content),
    remove: (path) => ask('DELETE', address(path)),
    close: () => Promise.resolve(),
  };
}

async function ask(method: string, path: string, body?: string | Uint8Array): Promise<void> {
  const content = body === undefined ? {} : { body: Buffer.from(body) };
  const response = await fetch(`${moto.url}/${path}`, {
    method,
    headers: { authorization: OWNER },
    ...content,
  });
  if (!response.ok) throw new Error(`moto answers ${response.status}: ${await response.text()}`);
}

describeArtifactStore('a bucket of S3', () => openBucket(''));
describeArtifactStore('a prefix of a bucket', () => openBucket('teams/scoring'));

test('a bucket that is not there is named', async () => {
  const store = createArtifactStore({
    root: 's3://nowhere/models',
    cacheDir: '.scoreline/unused',
    s3: { endpoint: moto.url },
  });
  await expect(store.fetch('tiny/1.0.0', '0'.repeat(64))).rejects.toMatchObject({
    code: 'missing',
    message: expect.stringContaining("is the bucket's name in MODEL_STORE right?") as string,
  });
});

test('a server that does not answer is an outage', async () => {
  const store = createArtifactStore({
    root: 's3://bucket/models',
    cacheDir: '.scoreline/unused',
    s3: { endpoint: 'http://127.0.0.1:9' },
    limits: { attempts: 1 },
  });
  await expect(store.fetch('tiny/1.0.0', '0'.repeat(64))).rejects.toMatchObject({ code: 'unavailable' });
});
