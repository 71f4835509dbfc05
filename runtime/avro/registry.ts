import {
  createRegistryAsker,
  type RegistryAccess,
  type RegistryAnswer,
  type RegistryAsker,
} from './ask-registry.ts';
import { createUnknownConfirmer } from './confirm-unknown.ts';

export type { RegistryAccess } from './ask-registry.ts';

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

export interface RegistrySettings extends RegistryAccess {
  readonly timeoutMs?: number;
  /** How long after "no such id" it is asked again before it is believed. */
  readonly confirmAfterMs?: number;
}

/** The registry could not be asked, or answered with an error of its own: nothing is known; try again. */
export class RegistryUnavailable extends Error {}

/** The registry understood the schema and refuses it. */
export class SchemaRefused extends Error {}

const DEFAULT_TIMEOUT_MS = 5_000;
const NOT_LET_IN =
  'the schema registry does not let us in (401): see SCHEMA_REGISTRY_USERNAME and SCHEMA_REGISTRY_PASSWORD';

/** Incompatible with the subject's other schemas, or no schema at all. */
const REFUSALS: readonly number[] = [409, 422];
/** Confluent's codes for an unknown subject, version and schema: a 404 without one is a proxy's, not the registry's. */
const NOT_FOUND: readonly unknown[] = [40401, 40402, 40403];

/**
 * A small client of its own, since the usual one asks again for each message with an unknown id and reports an
 * outage as HTTP 400, so that poison and outage look alike. Here an outage throws, and an answer is an answer.
 */
export function createRegistryClient({
  timeoutMs = DEFAULT_TIMEOUT_MS,
  confirmAfterMs,
  ...access
}: RegistrySettings): RegistryClient {
  const confirmUnknown = createUnknownConfirmer(confirmAfterMs);
  const ask = believe(createRegistryAsker(access, timeoutMs));
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

/** Passes on what the registry says for itself; that it can't be asked, or not by us, throws. */
function believe(ask: RegistryAsker): RegistryAsker {
  return async (method, path, body) => {
    const answer = await ask(method, path, body).catch((error: unknown) => {
      const reason = error instanceof Error ? error.message : String(error);
      throw new RegistryUnavailable(`the schema registry does not answer (${reason})`, { cause: error });
    });
    const { status } = answer;
    if (status === 401) throw new RegistryUnavailable(NOT_LET_IN);
    if (status === 403)
      throw new RegistryUnavailable(
        `the schema registry does not let this user ${method} ${path} (403: ${messageOf(answer)})`,
      );
    if (status >= 500 || status === 429) {
      throw new RegistryUnavailable(`the schema registry answers ${status}: ${messageOf(answer)}`);
    }
    return answer;
  };
}

function isNotFound({ status, body }: RegistryAnswer): boolean {
  return status === 404 && NOT_FOUND.includes(property(body, 'error_code'));
}

function expectOk(answer: RegistryAnswer): RegistryAnswer {
  if (answer.status < 400) return answer;
  throw new RegistryUnavailable(`the schema registry answers ${answer.status}: ${messageOf(answer)}`);
}

function messageOf({ status, body }: RegistryAnswer): string {
  const message = property(body, 'message');
  return isString(message) ? message : `status ${status}`;
}

function field<T>({ body }: RegistryAnswer, name: string, is: (value: unknown) => value is T): T {
  const value = property(body, name);
  if (is(value)) return value;
  throw new RegistryUnavailable(`the schema registry's answer has no ${name}: is the URL its Confluent API?`);
}

function property(body: unknown, name: string): unknown {
  return typeof body === 'object' && body !== null ? Reflect.get(body, name) : undefined;
}

const isNumber = (value: unknown): value is number => typeof value === 'number';
const isString = (value: unknown): value is string => typeof value === 'string';
