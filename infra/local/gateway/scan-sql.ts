/** A bare word, or a semicolon, outside brackets, strings, quoted names and comments. */
export interface TopLevelToken {
  readonly text: string;
  /** Offset of its first character. */
  readonly start: number;
  /** Offset just past it. */
  readonly end: number;
}

/**
 * Walks over SQL and yields its top-level words and semicolons; what is quoted, bracketed or commented is passed
 * over. Unterminated quotes end the walk: the engine says what is wrong with them. Read with one character a byte
 * (latin1), offsets are byte offsets.
 */
export function* scanTopLevel(sql: string): Generator<TopLevelToken> {
  const pattern =
    /--[^\n]*|#[ !][^\n]*|\/\*|\$(\w*)\$|['"`]|[([{]|[)\]}]|;|[A-Za-z_][A-Za-z0-9_]*|[0-9][\w.]*/g;
  let depth = 0;
  for (let match = pattern.exec(sql); match !== null; match = pattern.exec(sql)) {
    const text = match[0];
    const first = text.charAt(0);
    if (text === '/*') pattern.lastIndex = skipPast(sql, '*/', pattern.lastIndex);
    else if (first === '$') pattern.lastIndex = skipPast(sql, text, pattern.lastIndex);
    else if (first === "'" || first === '"' || first === '`')
      pattern.lastIndex = skipQuoted(sql, first, pattern.lastIndex);
    else if ('([{'.includes(first)) depth += 1;
    else if (')]}'.includes(first)) depth -= 1;
    else if (depth <= 0 && (first === ';' || /[A-Za-z_]/.test(first)))
      yield { text, start: match.index, end: pattern.lastIndex };
  }
}

function skipPast(sql: string, closing: string, from: number): number {
  const at = sql.indexOf(closing, from);
  return at === -1 ? sql.length : at + closing.length;
}

/** Past the closing quote; a backslash hides the next character, a doubled quote is read as two strings in a row. */
function skipQuoted(sql: string, quote: string, from: number): number {
  let at = from;
  while (at < sql.length && sql.charAt(at) !== quote) at += sql.charAt(at) === '\\' ? 2 : 1;
  return at + 1;
}
