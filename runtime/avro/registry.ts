import { createUnknownConfirmer } from './confirm-unknown.ts';

/** Where schemas live, by Confluent's REST interface. */
export interface RegistryClient {
  /** Registers a schema under a subject, or finds it there; its id. Throws {@link SchemaRefused} when incompatible. */
  register(subject: string, schemaText: string): Promise<number>;
  /** The schema's text; undefined when the registry answered, twice where it may just have come up, that it knows none. */
  schemaById(id: number): Promise<string | undefined>;
  latest(subject: string): Promise<{ readonly id: number; readonly schema: string } | undefined>;
  setCompatibility(subject: string, level: CompatibilityLevel): Promise<void>;
}

export type CompatibilityLevel =
  'NONE' | 'BACKWARD' | 'FORWARD' | 'FULL' | 'BACKWARD_TRANSITIVE' | 'FULL_TRANSITIVE';

export interface RegistrySettings {
  /** E.g. http://127.0.0.1:8081/apis/ccompat/v7. */
  readonly url: string;
  readonly timeoutMs?: number;
  /** How long after "no such id" it is asked again before it is believed. */
  readonly confirmAfterMs?: number;
}

/** The registry could not be asked, or answered with an error of its own: nothing is known; try again. */
export class RegistryUnavailable extends Error {}

/** The registry understood the schema and refuses it. */
export class SchemaRefused extends Error {}

const DEFAULT_TIMEOUT_MS = 5_000;
const CONTENT_TYPE = 'application/vnd.schemaregistry.v1+json';

/** Incompatible with the subject's other schemas, or no schema at all. */
const REFUSALS: readonly number[] = [409, 422];
/** Confluent's codes for an unknown subject, version and schema: a 404 without one is a proxy's, not the registry's. */
const NOT_FOUND: readonly unknown[] = [40401, 40402, 40403];

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

/**
 * A small client of its own, since the usual one asks again for each message with an unknown id and reports an
 * outage as HTTP 400, so that poison and outage look alike. Here an outage throws, and an answer is an answer.
 */
export function createRegistryClient({
  url,
  timeoutMs = DEFAULT_TIMEOUT_MS,
  confirmAfterMs,
}: RegistrySettings): RegistryClient {
  const confirmUnknown = createUnknownConfirmer(confirmAfterMs);
  const base = url.replace(/\/+$/, '');
  const ask = (method: string, path: string, body?: unknown): Promise<Answer> =>
    request(`${base}${path}`, method, body, timeoutMs);
  return {
    async register(subject, schemaText) {
      const path = `/subjects/${encodeURIComponent(subject)}/versions`;
      const answer = await ask('POST', path, { schema: schemaText, schemaType: 'AVRO' });
      if (REFUSALS.includes(answer.status)) {
        throw new SchemaRefused(`the registry refuses the schema of ${subject}: ${messageOf(answer)}`);
      }
      return field(expectOk(answer), 'id', isNumber);
    },
    schemaById: (id) =>
      confirmUnknown(id, async () => {
        const answer = await ask('GET', `/schemas/ids/${id}`);
        return isNotFound(answer) ? undefined : field(expectOk(answer), 'schema', isString);
      }),
    async latest(subject) {
      const answer = await ask('GET', `/subjects/${encodeURIComponent(subject)}/versions/latest`);
      if (isNotFound(answer)) return undefined;
      expectOk(answer);
      return { id: field(answer, 'id', isNumber), schema: field(answer, 'schema', isString) };
    },
    async setCompatibility(subject, compatibility) {
      expectOk(await ask('PUT', `/config/${encodeURIComponent(subject)}`, { compatibility }));
    },
  };
}

async function request(url: string, method: string, body: unknown, timeoutMs: number): Promise<Answer> {
  let answer: Answer;
  try {
    const response = await fetch(url, {
      method,
      headers: { accept: 'application/json', 'content-type': CONTENT_TYPE },
      signal: AbortSignal.timeout(timeoutMs),
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    answer = { status: response.status, body: await response.json() };
  } catch (error) {
    throw new RegistryUnavailable(`the schema registry does not answer (${method} ${url})`, { cause: error });
  }
  if (answer.status >= 500 || answer.status === 429) {
    throw new RegistryUnavailable(`the schema registry answers ${answer.status}: ${messageOf(answer)}`);
  }
  return answer;
}

function isNotFound({ status, body }: Answer): boolean {
  return status === 404 && NOT_FOUND.includes(property(body, 'error_code'));
}

function expectOk(answer: Answer): Answer {
  if (answer.status < 400) return answer;
  throw new RegistryUnavailable(`the schema registry answers ${answer.status}: ${messageOf(answer)}`);
}

function messageOf({ status, body }: Answer): string {
  const message = property(body, 'message');
  return isString(message) ? message : `status ${status}`;
}

function field<T>({ body }: Answer, name: string, is: (value: unknown) => value is T): T {
  const value = property(body, name);
  if (is(value)) return value;
  throw new RegistryUnavailable(`the schema registry's answer has no ${name}: is the URL its Confluent API?`);
}

function property(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isString = (value: unknown): value is string => typeof value === 'string';
