import { rm, writeFile } from 'node:fs/promises';

import type { ChdbResult, Session } from 'chdb';

import { readEngineError, type EngineError } from './engine-error.ts';
import type { Statement } from './statement.ts';

/** One statement with all that goes with it. */
export interface EngineRequest {
  readonly statement: Extract<Statement, { kind: 'text' | 'load' }>;
  readonly database: string | undefined;
  readonly settings: ReadonlyMap<string, string>;
  /** Values of `{name:Type}`, unquoted, as the HTTP interface takes them. */
  readonly parameters: ReadonlyMap<string, string>;
  readonly readOnly: boolean;
  /** The session that keeps its settings and temporary tables; undefined: nothing is kept. */
  readonly sessionId: string | undefined;
  readonly sessionTimeoutSeconds: number;
  readonly defaultFormat: string;
}

/** What the engine made of it: bytes in the output format and counts, or its error. */
export type EngineAnswer =
  | {
      readonly kind: 'done';
      readonly bytes: Uint8Array;
      readonly readRows: number;
      readonly readBytes: number;
      readonly elapsedSeconds: number;
    }
  | { readonly kind: 'failed'; readonly error: EngineError };

/**
 * Runs one statement on one connection. The rows of an INSERT go through `rowsFile` and `FROM INFILE`: chDB's own
 * entry for bytes takes text formats only, a file takes every format, and parses it with all threads.
 */
export async function runStatement(
  connection: Session,
  request: EngineRequest,
  rowsFile: string,
): Promise<EngineAnswer> {
  try {
    for (const sql of listPreparations(request)) await connection.queryAsync(sql);
    const { statement, defaultFormat } = request;
    if (statement.kind === 'text')
      return describeDone(await connection.queryAsync(statement.sql, { format: defaultFormat }));
    await writeFile(rowsFile, statement.rows);
    const source = `${quote(rowsFile)} COMPRESSION 'none'`;
    return describeDone(await connection.queryAsync(statement.sql(source), { format: 'Null' }));
  } catch (error) {
    return { kind: 'failed', error: readEngineError(error) };
  } finally {
    await rm(rowsFile, { force: true });
  }
}

/** A body unpacked by the engine, for the encodings that only it knows; its error where it can't be. */
export async function unpackByEngine(
  connection: Session,
  packed: { readonly file: string; readonly bytes: Buffer; readonly encoding: string },
  maxBytes: number,
): Promise<Buffer | EngineError> {
  try {
    await writeFile(packed.file, packed.bytes);
    await connection.queryAsync(`SET max_result_bytes = ${maxBytes}`);
    const source = `file(${quote(packed.file)}, 'RawBLOB', 'body String', ${quote(packed.encoding)})`;
    return Buffer.from(
      (await connection.queryAsync(`SELECT body FROM ${source}`, { format: 'RawBLOB' })).bytes(),
    );
  } catch (error) {
    return readEngineError(error);
  } finally {
    await rm(packed.file, { force: true });
  }
}

/** Puts settings that came with one request back, so that a kept connection doesn't carry them into the next. */
export async function resetSettings(connection: Session, request: EngineRequest): Promise<void> {
  for (const name of request.settings.keys()) {
    // One the engine didn't know was refused when it was set; there is nothing to put back.
    await connection.queryAsync(`SET ${quoteName(name)} = DEFAULT`).catch(() => {});
  }
}

function listPreparations({ settings, parameters, database, readOnly, sessionId }: EngineRequest): string[] {
  const assignments = [
    ...[...settings].map(([name, value]) => `${quoteName(name)} = ${quote(value)}`),
    ...[...parameters].map(([name, value]) => `${quoteName(`param_${name}`)} = ${quote(value)}`),
  ];
  return [
    ...(assignments.length > 0 ? [`SET ${assignments.join(', ')}`] : []),
    ...(database === undefined ? [] : [`USE ${quoteName(database)}`]),
    // Last, because it forbids changing itself; on a kept connection it would stay for good.
    ...(readOnly && sessionId === undefined ? ['SET readonly = 2'] : []),
  ];
}

function describeDone(result: ChdbResult): EngineAnswer {
  return {
    kind: 'done',
    bytes: result.bytes(),
    readRows: result.rowsRead,
    readBytes: result.bytesRead,
    elapsedSeconds: result.elapsed,
  };
}

function quote(text: string): string {
  return `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;
}

function quoteName(name: string): string {
  return `\`${name.replaceAll('\\', '\\\\').replaceAll('`', '\\`')}\``;
}
