import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createRegistryClient, RegistryUnavailable, SchemaRefused } from './registry.ts';

const servers: Server[] = [];

/** A registry that answers each request by `listener`. */
async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function answering(status: number, body: string): RequestListener {
  return (_request, response) => response.writeHead(status, { 'content-type': 'application/json' }).end(body);
}

const UNKNOWN_SCHEMA = '{"error_code":40403,"message":"Schema 7 not found"}';

afterEach(() => {
  for (const server of servers.splice(0)) server.close().closeAllConnections();
});

describe('schemaById', () => {
  it('gives the schema', async () => {
    const url = await serve(answering(200, '{"schema":"\\"string\\""}'));
    expect(await createRegistryClient({ url }).schemaById(7)).toBe('"string"');
  });

  it('gives undefined once the registry has said that it knows no such id', async () => {
    const url = await serve(answering(404, UNKNOWN_SCHEMA));
    expect(await createRegistryClient({ url, confirmAfterMs: 10 }).schemaById(7)).toBeUndefined();
  });

  it('asks again before it believes that: a registry that has just come up knows nothing yet', async () => {
    let isLoaded = false;
    const url = await serve((request, response) => {
      const listener = isLoaded
        ? answering(200, '{"schema":"\\"string\\""}')
        : answering(404, UNKNOWN_SCHEMA);
      isLoaded = true;
      listener(request, response);
    });
    expect(await createRegistryClient({ url, confirmAfterMs: 10 }).schemaById(7)).toBe('"string"');
  });

  it('doubts one id of a flood, and no id twice', async () => {
    let asked = 0;
    const url = await serve((request, response) => {
      asked += 1;
      answering(404, UNKNOWN_SCHEMA)(request, response);
    });
    const client = createRegistryClient({ url, confirmAfterMs: 10 });
    for (const id of [1, 2, 3, 1]) await client.schemaById(id);
    expect(asked).toBe(5);
  });

  it.each([
    ['an error of its own', 500, '{"error_code":50001,"message":"store is down"}', /500: store is down/],
    ['too many requests', 429, '{"message":"slow down"}', /429/],
    ['no permission', 403, '{"message":"who are you?"}', /403: who are you/],
    ["a proxy's page", 200, '<html>maintenance</html>', /does not answer/],
    ["a proxy's 404", 404, '{"message":"no Route matched"}', /404: no Route matched/],
    ['something else than a schema', 200, '{"hello":"world"}', /has no schema: is the URL its Confluent API/],
  ])('takes it for an outage, never for poison: %s', async (_what, status, body, message) => {
    const url = await serve(answering(status, body));
    const asked = createRegistryClient({ url }).schemaById(7);
    await expect(asked).rejects.toBeInstanceOf(RegistryUnavailable);
    await expect(asked).rejects.toThrow(message);
  });

  it('gives up on a registry that is too slow', async () => {
    const url = await serve(() => {});
    const asked = createRegistryClient({ url, timeoutMs: 50 }).schemaById(7);
    await expect(asked).rejects.toThrow(/does not answer \(GET .*\/schemas\/ids\/7: nothing within 50 ms\)/);
  });

  it('takes a registry that is not there for an outage', async () => {
    const url = await serve(() => {});
    servers.splice(0).forEach((server) => server.close());
    await expect(createRegistryClient({ url }).schemaById(7)).rejects.toBeInstanceOf(RegistryUnavailable);
  });
});

describe('register', () => {
  it('posts the schema under its subject and gives its id', async () => {
    let asked = '';
    const url = await serve((request, response) => {
      request.on('data', (chunk: Buffer) => (asked += chunk.toString()));
      request.on('end', () => {
        asked = `${request.method} ${request.url} ${asked}`;
        response.end('{"id":3}');
      });
    });
    expect(await createRegistryClient({ url: `${url}/` }).register('a/b-value', '"int"')).toBe(3);
    expect(asked).toBe('POST /subjects/a%2Fb-value/versions {"schema":"\\"int\\"","schemaType":"AVRO"}');
  });

  it.each([409, 422])('says so when the schema is refused: %i', async (status) => {
    const url = await serve(answering(status, '{"message":"incompatible"}'));
    const asked = createRegistryClient({ url }).register('leads-value', '"int"');
    await expect(asked).rejects.toThrow(/refuses the schema of leads-value: incompatible/);
    await expect(asked).rejects.toBeInstanceOf(SchemaRefused);
  });

  it('takes a refusal to talk for an outage, not for a refusal of the schema', async () => {
    const url = await serve(answering(401, '{"message":"who are you?"}'));
    await expect(createRegistryClient({ url }).register('leads-value', '"int"')).rejects.toBeInstanceOf(
      RegistryUnavailable,
    );
  });
});

describe('latest', () => {
  it('gives id and schema', async () => {
    const url = await serve(answering(200, '{"id":4,"version":2,"schema":"\\"int\\""}'));
    expect(await createRegistryClient({ url }).latest('leads-value')).toEqual({ id: 4, schema: '"int"' });
  });

  it('gives undefined where the subject is unknown', async () => {
    const url = await serve(answering(404, '{"error_code":40401,"message":"Subject not found"}'));
    expect(await createRegistryClient({ url }).latest('leads-value')).toBeUndefined();
  });
});

describe('setCompatibility', () => {
  it('reports an answer that is an error', async () => {
    const url = await serve(answering(422, '{"message":"no such level"}'));
    await expect(createRegistryClient({ url }).setCompatibility('leads-value', 'FULL')).rejects.toThrow(
      /422: no such level/,
    );
  });
});
