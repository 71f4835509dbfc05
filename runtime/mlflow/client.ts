import type { MlflowRef } from './mlflow-uri.ts';

/** A registered model version, as far as it matters here. */
export interface MlflowVersion {
  readonly name: string;
  readonly version: string;
  /** undefined: it was registered without a run. */
  readonly runId: string | undefined;
  readonly tags: ReadonlyMap<string, string>;
}

/** What is asked of an MLflow tracking server, by its REST API 2.0. */
export interface MlflowClient {
  /** undefined: the server answered that there is no such model, alias or version. */
  find(ref: MlflowRef): Promise<MlflowVersion | undefined>;
  /** Every version of a registered model. */
  listVersions(name: string): Promise<readonly MlflowVersion[]>;
  /** Alias to version number; undefined: no such model. */
  listAliases(name: string): Promise<ReadonlyMap<string, string> | undefined>;
  /** Where the files of the version's model lie: `mlflow-artifacts:/…`, `s3://…`, a path. */
  modelRoot(version: MlflowVersion): Promise<string>;
  /** Where the artifacts of a run lie. */
  runRoot(runId: string): Promise<string>;
  setAlias(name: string, alias: string, version: string): Promise<void>;
  removeAlias(name: string, alias: string): Promise<void>;
  setTag(version: MlflowVersion, key: string, value: string): Promise<void>;
}

export interface MlflowSettings {
  /** E.g. http://127.0.0.1:5000. */
  readonly trackingUrl: string;
  /** The value of the `authorization` header. */
  readonly authorization?: string | undefined;
  readonly timeoutMs?: number;
}

/** The server can't be asked, or refuses; the message says what it said. */
export class MlflowError extends Error {
  override readonly name = 'MlflowError';
}

const DEFAULT_TIMEOUT_MS = 10_000;
const PAGE_SIZE = 200;
/** 20,000 versions of one model: past it, something is wrong with the answers. */
const MAX_PAGES = 100;

type Ask = (
  method: 'GET' | 'POST' | 'DELETE',
  path: string,
  fields: Readonly<Record<string, string>>,
) => Promise<unknown>;

/** A client with bounded times and nothing but what importing and aliases need. */
export function createMlflowClient(settings: MlflowSettings): MlflowClient {
  const ask = createAsk(settings);
  const listAliases: MlflowClient['listAliases'] = async (name) => {
    const answer = await ask('GET', 'registered-models/get', { name });
    if (answer === undefined) return undefined;
    const aliases = listOf(get(get(answer, 'registered_model'), 'aliases'));
    return new Map(aliases.map((each) => [text(each, 'alias'), text(each, 'version')]));
  };
  return {
    listAliases,
    async find({ name, by }) {
      const version = 'version' in by ? by.version : (await listAliases(name))?.get(by.alias);
      if (version === undefined) return undefined;
      const answer = await ask('GET', 'model-versions/get', { name, version });
      return answer === undefined ? undefined : readVersion(get(answer, 'model_version'));
    },
    listVersions: (name) => listVersions(ask, name),
    async modelRoot({ name, version }) {
      const answer = await ask('GET', 'model-versions/get-download-uri', { name, version });
      return text(answer, 'artifact_uri');
    },
    async runRoot(runId) {
      const answer = await ask('GET', 'runs/get', { run_id: runId });
      return text(get(get(answer, 'run'), 'info'), 'artifact_uri');
    },
    async setAlias(name, alias, version) {
      await ask('POST', 'registered-models/alias', { name, alias, version });
    },
    async removeAlias(name, alias) {
      await ask('DELETE', 'registered-models/alias', { name, alias });
    },
    async setTag({ name, version }, key, value) {
      await ask('POST', 'model-versions/set-tag', { name, version, key, value });
    },
  };
}

async function listVersions(ask: Ask, name: string): Promise<readonly MlflowVersion[]> {
  const filter = `name='${name.replaceAll("'", "''")}'`;
  const versions: MlflowVersion[] = [];
  let page = '';
  for (let count = 0; count < MAX_PAGES; count += 1) {
    const token = page === '' ? undefined : { page_token: page };
    const answer = await ask('GET', 'model-versions/search', {
      filter,
      max_results: String(PAGE_SIZE),
      ...token,
    });
    versions.push(...listOf(get(answer, 'model_versions')).map(readVersion));
    page = optionalText(answer, 'next_page_token') ?? '';
    if (page === '') return versions;
  }
  throw new MlflowError(`MLflow lists more than ${MAX_PAGES * PAGE_SIZE} versions of ${name}`);
}

/** Sends one request; undefined where the server answered that there is no such thing. */
function createAsk({ trackingUrl, authorization, timeoutMs = DEFAULT_TIMEOUT_MS }: MlflowSettings): Ask {
  const base = `${trackingUrl.replace(/\/+$/, '')}/api/2.0/mlflow`;
  return async (method, path, fields) => {
    const query = method === 'GET' ? `?${new URLSearchParams(fields).toString()}` : '';
    const url = `${base}/${path}`;
    let status: number;
    let body: unknown;
    try {
      const response = await fetch(`${url}${query}`, {
        method,
        headers: {
          'content-type': 'application/json',
          ...(authorization === undefined ? {} : { authorization }),
        },
        signal: AbortSignal.timeout(timeoutMs),
        ...(method === 'GET' ? {} : { body: JSON.stringify(fields) }),
      });
      ({ status } = response);
      body = await response.json();
    } catch (error) {
      throw new MlflowError(`MLflow can't be asked (${method} ${url}): is the tracking URL right?`, {
        cause: error,
      });
    }
    if (status === 404 && get(body, 'error_code') === 'RESOURCE_DOES_NOT_EXIST') return undefined;
    if (status < 400) return body;
    throw new MlflowError(
      `MLflow answers ${status} (${method} ${url}): ${optionalText(body, 'message') ?? 'no reason given'}`,
    );
  };
}

function readVersion(answer: unknown): MlflowVersion {
  const runId = optionalText(answer, 'run_id');
  const tags = listOf(get(answer, 'tags')).map(
    (tag) => [text(tag, 'key'), optionalText(tag, 'value') ?? ''] as const,
  );
  return {
    name: text(answer, 'name'),
    version: text(answer, 'version'),
    runId: runId === '' ? undefined : runId,
    tags: new Map(tags),
  };
}

function text(value: unknown, name: string): string {
  const found = optionalText(value, name);
  if (found !== undefined) return found;
  throw new MlflowError(`MLflow's answer has no ${name}: is it a server of MLflow 2 or 3?`);
}

function optionalText(value: unknown, name: string): string | undefined {
  const found = get(value, name);
  return typeof found === 'string' ? found : undefined;
}

function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function get(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, name) : undefined;
}
