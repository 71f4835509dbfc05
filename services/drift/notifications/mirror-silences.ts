import { toMatchers } from '@scoreline/core/alerts/delivery/silence-matchers.ts';
import { isActive, type Silence } from '@scoreline/core/alerts/silence.ts';
import { readMirroredSilences } from '@scoreline/runtime/alerts/silences.ts';
import type { Database } from '@scoreline/runtime/clickhouse/database.ts';
import { type HeadersOf, type Posted, sendJson } from './post-json.ts';
import { type CopyState, readCopyStates, recordCopyState } from './silence-copies.ts';

/** A silence as Alertmanager's v2 API tells it, as far as it matters here. */
interface StoredSilence {
  readonly id: string;
  readonly comment: string;
  readonly status: { readonly state: 'active' | 'pending' | 'expired' };
}

/** One look at the silences; undefined: nothing was to be done. Else why it could not be, empty where it was. */
export type MirrorTurn = (isForced: boolean) => Promise<string | undefined>;

/** Where the copies are kept, and what is remembered of them. */
interface MirrorDeps {
  readonly database: Pick<Database, 'query' | 'insert'>;
  /** What the Alertmanager is called. */
  readonly sink: string;
  readonly baseUrl: string;
  readonly headersOf: HeadersOf;
  readonly nowMs: () => number;
}

/** Looks at our silences at each turn, and at Alertmanager's where ours have changed, or where forced to. */
export function createSilenceMirror(deps: MirrorDeps): MirrorTurn {
  let done = '[]';
  return async (isForced) => {
    const silences = await readMirroredSilences(deps.database, deps.nowMs());
    const wanted = JSON.stringify(silences.map(({ id, endsAtMs }) => [id, endsAtMs]));
    if (silences.length === 0 || (wanted === done && !isForced)) return undefined;
    const problem = await mirrorSilences(deps, silences);
    if (problem === '') done = wanted;
    return problem === '' ? '' : `silences: ${problem}`;
  };
}

/**
 * Makes Alertmanager's silences follow ours: each that holds gets a copy there, once, with the person, the reason and
 * our id; the copy of one that was ended by hand is ended. A copy that somebody ended there stays ended, also when it has
 * been forgotten there; one that was lost while it held is made again. Silences that were made there are left alone. Why
 * it could not be done; empty: it was.
 */
async function mirrorSilences(deps: MirrorDeps, silences: readonly Silence[]): Promise<string> {
  const { database, sink, baseUrl, headersOf, nowMs } = deps;
  const listed = await sendJson(`${baseUrl}/api/v2/silences`, { method: 'GET' }, headersOf);
  if (listed.kind !== 'taken') return listed.problem;
  const copies = readSilences(listed.text);
  if (copies === undefined) return 'its answer to GET /api/v2/silences is no list of silences';
  const ids = silences.map(({ id }) => id);
  const remembered = await readCopyStates(database, sink, ids);
  for (const silence of silences) {
    const ofThis = copies.filter(({ comment }) => comment.endsWith(markOf(silence)));
    const sent = isActive(silence, nowMs())
      ? await keep(deps, silence, { listed: stateOf(ofThis), remembered: remembered.get(silence.id) })
      : await end(baseUrl, headersOf, ofThis);
    if (sent !== '') return sent;
  }
  return '';
}

/** Makes the copy unless there is one or has been one that was ended, and remembers how it is. */
async function keep(
  { database, sink, baseUrl, headersOf, nowMs }: MirrorDeps,
  silence: Silence,
  {
    listed,
    remembered,
  }: { readonly listed: CopyState | undefined; readonly remembered: CopyState | undefined },
): Promise<string> {
  const isMissing = listed === undefined && remembered !== 'ended';
  const problem = isMissing ? await copy(baseUrl, headersOf, silence) : '';
  const state = isMissing ? 'active' : (listed ?? 'ended');
  if (problem === '' && state !== remembered)
    await recordCopyState(database, sink, { id: silence.id, state, atMs: nowMs() });
  return problem;
}

async function copy(baseUrl: string, headersOf: HeadersOf, silence: Silence): Promise<string> {
  const body = JSON.stringify({
    matchers: toMatchers(silence.alerts),
    startsAt: new Date(silence.startsAtMs).toISOString(),
    endsAt: new Date(silence.endsAtMs).toISOString(),
    createdBy: silence.actor,
    comment: `${silence.reason} ${markOf(silence)}`,
  });
  return problemOf(await sendJson(`${baseUrl}/api/v2/silences`, { method: 'POST', body }, headersOf));
}

async function end(baseUrl: string, headersOf: HeadersOf, copies: readonly StoredSilence[]): Promise<string> {
  for (const { id, status } of copies) {
    if (status.state === 'expired') continue;
    const url = `${baseUrl}/api/v2/silence/${encodeURIComponent(id)}`;
    const problem = problemOf(await sendJson(url, { method: 'DELETE' }, headersOf));
    if (problem !== '') return problem;
  }
  return '';
}

/** Of several copies one that holds is enough; undefined: there is none. */
function stateOf(copies: readonly StoredSilence[]): CopyState | undefined {
  if (copies.length === 0) return undefined;
  return copies.every(({ status }) => status.state === 'expired') ? 'ended' : 'active';
}

function markOf({ id }: Silence): string {
  return `(scoreline silence ${id})`;
}

function problemOf(posted: Posted): string {
  return posted.kind === 'taken' ? '' : posted.problem;
}

function readSilences(text: string): readonly StoredSilence[] | undefined {
  try {
    const parsed: unknown = JSON.parse(text);
    return Array.isArray(parsed) && parsed.every(isStored) ? parsed : undefined;
  } catch {
    return undefined;
  }
}

function isStored(value: unknown): value is StoredSilence {
  const { id, comment, status } = (value ?? {}) as Partial<Record<keyof StoredSilence, unknown>>;
  return (
    typeof id === 'string' && typeof comment === 'string' && typeof status === 'object' && status !== null
  );
}
