import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import { drainPending, Session } from 'chdb';

import { createError, type EngineError } from './engine-error.ts';
import { resetSettings, runStatement, type EngineAnswer, type EngineRequest } from './run-statement.ts';
import { createSessions } from './sessions.ts';
import { createSlots } from './slots.ts';

/** The ClickHouse engine in this process. */
export interface Engine {
  readonly version: string;
  readonly timezone: string;
  /** Runs a statement when a slot is free. An error of the engine is an answer; nothing is thrown. */
  run(request: EngineRequest): Promise<EngineAnswer>;
  /** Waits for what runs, then lets the data folder go. */
  close(): Promise<void>;
}

/** What chDB sets as a command line tool would and a server doesn't, and bounds for one query: 5 minutes, 1 GiB. */
const baseSettings = 'SET implicit_select = 0, max_execution_time = 300, max_result_bytes = 1073741824';

/**
 * Opens the engine on a data folder, which one process at a time may do. Each statement gets a connection of its
 * own (half a millisecond), so that its settings, database and parameters end with it; a named session keeps one.
 */
export async function openEngine(
  dataFolder: string,
  limits: { readonly running: number; readonly waiting: number },
): Promise<Engine> {
  const rowsFolder = join(dataFolder, '..', 'clickhouse-incoming');
  rmSync(rowsFolder, { recursive: true, force: true });
  for (const folder of [dataFolder, rowsFolder]) mkdirSync(folder, { recursive: true });

  // The engine lives as long as its last connection: this one stays to the end.
  const first = new Session(dataFolder);
  const facts = await first.queryAsync('SELECT version(), timezone()', { format: 'TabSeparated' });
  const [version = '', timezone = ''] = facts.text().trim().split('\t');

  const connect = async (): Promise<Session> => {
    const connection = new Session(dataFolder);
    await connection.queryAsync(baseSettings);
    return connection;
  };
  const slots = createSlots(limits);
  const sessions = createSessions(connect, (connection) => connection.close());
  let statements = 0;
  const nextRowsFile = (): string => join(rowsFolder, String((statements += 1)));

  const runAlone = async (request: EngineRequest): Promise<EngineAnswer> => {
    const connection = await connect();
    try {
      return await runStatement(connection, request, nextRowsFile());
    } finally {
      connection.close();
    }
  };

  const runInSession = async (id: string, request: EngineRequest): Promise<EngineAnswer> => {
    if (request.readOnly && !isReading(request)) return fail(readOnlyRefusal);
    const answer = await sessions.use(id, request.sessionTimeoutSeconds, async (connection) => {
      const result = await runStatement(connection, request, nextRowsFile());
      await resetSettings(connection, request);
      return result;
    });
    return (
      answer ?? fail(createError(373, `Session ${id} is locked by a concurrent client. (SESSION_IS_LOCKED)`))
    );
  };

  return {
    version,
    timezone,
    async run(request) {
      const { sessionId } = request;
      const answer = await slots.use(() =>
        sessionId === undefined ? runAlone(request) : runInSession(sessionId, request),
      );
      return (
        answer ?? fail(createError(202, `Too many queries are waiting. (TOO_MANY_SIMULTANEOUS_QUERIES)`))
      );
    },
    async close() {
      await sessions.close();
      await drainPending();
      first.close();
      await drainPending();
    },
  };
}

const readOnlyRefusal = createError(164, 'Cannot execute query in readonly mode. (READONLY)');
const readingWords = /^[\s(]*(?:select|with|show|describe|desc|explain|exists|from|set|use)\b/i;

/** In a session the engine's own read-only mode can't be switched off again, so a GET is judged by its first word. */
function isReading({ statement }: EngineRequest): boolean {
  return statement.kind === 'text' && readingWords.test(statement.sql);
}

function fail(error: EngineError): EngineAnswer {
  return { kind: 'failed', error };
}
