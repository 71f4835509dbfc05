import { type InspectorNotification, type Profiler, Session } from 'node:inspector';
import { fileURLToPath } from 'node:url';

type ScriptCoverage = Profiler.ScriptCoverage;

/** What of the product's code has run, as V8 itself counts it. */
export interface Coverage {
  /** Characters of code that ran since the last call and never had before; they count as seen from now on. */
  addNew(): number;
  /** Whether code ran since the last call that never had before; it stays unseen. */
  hasNew(): boolean;
  /** Characters of code seen so far. */
  seen(): number;
  close(): void;
}

const repository = fileURLToPath(new URL('../../..', import.meta.url));
/** Code of others that reads inputs for us; the rest of what is installed doesn't count, nor does the fuzzer. */
const COUNTED_MODULES = /\/node_modules\/(?:avsc|csv-parse)\//;

/**
 * Counts, in this thread, the blocks that run. Code without a file (compiled validators and decoders) counts where
 * it was there when the counting began: what inputs make is new each time.
 */
export function startCoverage(): Coverage {
  const session = new Session();
  session.connect();
  const generated = collectGenerated(session);
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  const seen = new Map<string, Uint8Array>();
  const take = (): readonly ScriptCoverage[] =>
    ask(session, 'Profiler.takePreciseCoverage').filter(
      ({ url, scriptId }) => isCounted(url) || (url === '' && generated.has(scriptId)),
    );
  let total = 0;
  return {
    addNew() {
      const added = take().reduce((sum, script) => sum + paint(script, seen, true), 0);
      total += added;
      return added;
    },
    hasNew: () => take().some((script) => paint(script, seen, false) > 0),
    seen: () => total,
    close: () => session.disconnect(),
  };
}

/** The scripts without a file that are there now. */
function collectGenerated(session: Session): ReadonlySet<string> {
  const ids = new Set<string>();
  const onParsed = ({ params }: InspectorNotification<{ scriptId: string; url: string }>): void => {
    if (params.url === '') ids.add(params.scriptId);
  };
  session.on('Debugger.scriptParsed', onParsed);
  session.post('Debugger.enable');
  session.post('Debugger.disable');
  session.off('Debugger.scriptParsed', onParsed);
  return ids;
}

/** V8 answers before `post` returns. */
function ask(session: Session, method: 'Profiler.takePreciseCoverage'): readonly ScriptCoverage[] {
  let taken: readonly ScriptCoverage[] = [];
  session.post(method, (error, { result }) => {
    if (error !== null) throw error;
    taken = result;
  });
  return taken;
}

function isCounted(url: string): boolean {
  if (!url.startsWith('file:')) return false;
  const path = fileURLToPath(url);
  if (path.includes('/node_modules/')) return COUNTED_MODULES.test(path);
  return path.startsWith(repository) && !path.startsWith(`${repository}test/`);
}

/** How many characters of a script ran that had not; `keep` marks them. Inner blocks come after their outer ones. */
function paint(
  { scriptId, functions }: ScriptCoverage,
  seen: Map<string, Uint8Array>,
  keep: boolean,
): number {
  const known = seen.get(scriptId) ?? new Uint8Array();
  const length = functions.reduce(
    (most, { ranges }) => Math.max(most, ranges[0]?.endOffset ?? 0),
    known.length,
  );
  const ran = new Uint8Array(length);
  for (const { ranges } of functions)
    for (const { startOffset, endOffset, count } of ranges)
      ran.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  let added = 0;
  for (let at = 0; at < length; at += 1) {
    if (known[at] === 1) ran[at] = 1;
    else added += ran[at] ?? 0;
  }
  if (keep) seen.set(scriptId, ran);
  return added;
}
