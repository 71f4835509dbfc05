import { isUtf8 } from 'node:buffer';

import { scanTopLevel, type TopLevelToken } from './scan-sql.ts';

/**
 * What a request asks the engine to do: `text` goes to it as it is; `load` is an INSERT whose rows follow it as
 * bytes of some format: `sql` leaves a gap for where the rows are read from; `refused` carries the error.
 */
export type Statement =
  | { readonly kind: 'empty' }
  | { readonly kind: 'text'; readonly sql: string; readonly format: string | undefined }
  | { readonly kind: 'load'; readonly sql: (source: string) => string; readonly rows: Buffer }
  | { readonly kind: 'refused'; readonly code: number; readonly message: string };

/** As in the server (`max_query_size`): a statement without its rows is not longer than this. */
const MAX_STATEMENT_BYTES = 262_144;

/**
 * Splits what came (the query of the URL, a newline, the body) into the statement and the rows of an INSERT, at
 * the byte where the server's own parser does: after `FORMAT Name`, blanks and one newline. Rows are never
 * decoded. `INSERT … VALUES` stays text: the engine evaluates expressions and bound parameters in it.
 */
export function readStatement(bytes: Buffer): Statement {
  const head = bytes.toString('latin1', 0, MAX_STATEMENT_BYTES);
  const tokens = scanTopLevel(head);
  const first = tokens.next();
  if (first.done)
    return isBlank(head) && bytes.length === head.length ? { kind: 'empty' } : readText(bytes, []);
  if (first.value.text.toUpperCase() === 'INSERT') return readInsert(bytes, tokens);
  return readText(bytes, [first.value, ...tokens]);
}

function readInsert(bytes: Buffer, tokens: Iterable<TopLevelToken>): Statement {
  let settingsAt: number | undefined;
  let formatAt: number | undefined;
  for (const { text, start, end } of tokens) {
    const word = text.toUpperCase();
    if (formatAt !== undefined) return splitLoad(bytes, settingsAt ?? formatAt, end);
    if (word === 'SETTINGS') settingsAt = start;
    else if (word === 'FORMAT') formatAt = start;
    else if (['VALUES', 'SELECT', 'WITH', 'INFILE'].includes(word)) return readText(bytes, []);
  }
  return readText(bytes, []);
}

/** `sourceAt`: where `FROM INFILE` belongs, which is before SETTINGS and FORMAT; `formatEnd`: past the format's name. */
function splitLoad(bytes: Buffer, sourceAt: number, formatEnd: number): Statement {
  const before = bytes.toString('utf8', 0, sourceAt);
  const after = bytes.toString('utf8', sourceAt, formatEnd);
  return {
    kind: 'load',
    sql: (source) => `${before} FROM INFILE ${source} ${after}`,
    rows: bytes.subarray(findRowsStart(bytes, formatEnd)),
  };
}

function findRowsStart(bytes: Buffer, formatEnd: number): number {
  let at = formatEnd;
  const isAt = (characters: string): boolean => {
    const byte = bytes[at];
    return byte !== undefined && characters.includes(String.fromCharCode(byte));
  };
  while (isAt(' \t\f')) at += 1;
  if (isAt(';')) at += 1;
  if (isAt('\r')) at += 1;
  if (isAt('\n')) at += 1;
  return at;
}

function readText(bytes: Buffer, tokens: readonly TopLevelToken[]): Statement {
  if (!isUtf8(bytes)) {
    return {
      kind: 'refused',
      code: 6,
      message: 'Cannot parse the query: it is not UTF-8. (CANNOT_PARSE_TEXT)',
    };
  }
  const separator = tokens.findIndex(({ text }) => text === ';');
  if (separator !== -1 && tokens.slice(separator).some(({ text }) => text !== ';')) {
    return { kind: 'refused', code: 62, message: 'Multi-statements are not allowed. (SYNTAX_ERROR)' };
  }
  return { kind: 'text', sql: bytes.toString('utf8'), format: findFormat(tokens) };
}

/** The name after the last FORMAT: where the statement chooses its own output format. */
function findFormat(tokens: readonly TopLevelToken[]): string | undefined {
  const at = tokens.findLastIndex(({ text }) => text.toUpperCase() === 'FORMAT');
  return at === -1 ? undefined : tokens[at + 1]?.text;
}

function isBlank(text: string): boolean {
  return text.trim() === '';
}
