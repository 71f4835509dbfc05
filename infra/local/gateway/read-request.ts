import type { IncomingHttpHeaders } from 'node:http';

/** What URL and headers of a request say, apart from the statement. */
export interface RequestOptions {
  /** The part of the statement that stands in the URL; '' where it is all in the body. */
  readonly query: string;
  readonly queryId: string | undefined;
  readonly database: string | undefined;
  readonly settings: ReadonlyMap<string, string>;
  readonly parameters: ReadonlyMap<string, string>;
  readonly sessionId: string | undefined;
  readonly sessionTimeoutSeconds: number;
  readonly defaultFormat: string;
  /** `enable_http_compression=1`: the answer may be packed as Accept-Encoding allows. */
  readonly mayCompress: boolean;
}

/**
 * URL parameters that mean something to the HTTP interface and aren't settings. Users, passwords and roles are
 * taken and ignored: they belong to a real server.
 */
const INTERFACE_PARAMETERS = new Set([
  'query',
  'query_id',
  'database',
  'default_format',
  'session_id',
  'session_timeout',
  'session_check',
  'close_session',
  'user',
  'password',
  'role',
  'quota_key',
  'buffer_size',
  'wait_end_of_query',
  'stacktrace',
  'client_protocol_version',
]);

/** Sorts a request's URL parameters and `X-ClickHouse-*` headers; the URL wins. */
export function readOptions(search: URLSearchParams, headers: IncomingHttpHeaders): RequestOptions {
  const settings = new Map<string, string>();
  const parameters = new Map<string, string>();
  for (const [name, value] of search) {
    if (name.startsWith('param_')) parameters.set(name.slice('param_'.length), value);
    else if (!INTERFACE_PARAMETERS.has(name)) settings.set(name, value);
  }
  const timeout = Number(search.get('session_timeout') ?? 60);
  return {
    query: search.getAll('query').join(''),
    queryId: search.get('query_id') ?? readHeader(headers, 'x-clickhouse-query-id'),
    database: (search.get('database') ?? readHeader(headers, 'x-clickhouse-database')) || undefined,
    settings,
    parameters,
    sessionId: search.get('session_id') ?? undefined,
    sessionTimeoutSeconds: Number.isFinite(timeout) ? Math.min(Math.max(timeout, 1), 3600) : 60,
    defaultFormat:
      search.get('default_format') ?? readHeader(headers, 'x-clickhouse-format') ?? 'TabSeparated',
    mayCompress: search.get('enable_http_compression') === '1',
  };
}

function readHeader(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}
