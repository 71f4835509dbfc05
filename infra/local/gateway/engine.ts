import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';

import type { Session } from 'chdb';

import { openChdbFolder } from './chdb.ts';
import { createError, type EngineError } from './engine-error.ts';
import {
  resetSettings,
  runStatement,
  unpackByEngine,
  type EngineAnswer,
  type EngineRequest,
} from './run-statement.ts';
import { createSessions } from './sessions.ts';
import { createSlots } from './slots.ts';

/** The ClickHouse engine in this process. */
export interface Engine {
  readonly version: string;
  readonly timezone: string;
  /** Runs a statement when a slot is free. An error of the engine is an answer; nothing is thrown. */
  run(request: EngineRequest): Promise<EngineAnswer>;
  /** A body packed in one of {@link ENGINE_ENCODINGS}, unpacked; the engine's error where it can't be. */
  unpack(bytes: Buffer, encoding: string, maxBytes: number): Promise<Buffer | EngineError>;
  /** Waits for what runs, then lets the data folder go. */
  close(): Promise<void>;
}

/** Content encodings that the engine unpacks and Node doesn't. */
export const ENGINE_ENCODINGS: readonly string[] = ['lz4', 'xz', 'bz2', 'snappy'];

/**
 * Opens the engine on a data folder. Each statement gets a connection of its own, so that its settings, database
 * and parameters end with it; a named session keeps one.
 */
export async function openEngine(
  dataFolder: string,
  limits: { readonly running: number; readonly waiting: number },
): Promise<Engine> {
  const folder = await openChdbFolder(dataFolder);
  const nextFile = createFileNames(`${dataFolder}-incoming`);
  const slots = createSlots(limits);
  const sessions = createSessions(folder.connect, (connection) => connection.close());

  const useOnce = async <T>(work: (connection: Session) => Promise<T>): Promise<T> => {
    const connection = await folder.connect();
    try {
      return await work(connection);
    } finally {
      connection.close();
    }
  };

  const runInSession = async (id: string, request: EngineRequest): Promise<EngineAnswer> => {
    if (request.readOnly && !isReading(request)) return fail(READ_ONLY_REFUSAL);
    const answer = await sessions.use(id, request.sessionTimeoutSeconds, async (connection) => {
      const result = await runStatement(connection, request, nextFile());
      await resetSettings(connection, request);
      return result;
    });
    return (
      answer ?? fail(createError(373, `Session ${id} is locked by a concurrent client. (SESSION_IS_LOCKED)`))
    );
  };

  return {
    version: folder.version,
    timezone: folder.timezone,
    async run(request) {
      const { sessionId } = request;
      const run = (): Promise<EngineAnswer> =>
        sessionId === undefined
          ? useOnce((connection) => runStatement(connection, request, nextFile()))
          : runInSession(sessionId, request);
      return (await slots.use(run)) ?? fail(TOO_MANY_WAITING);
    },
    async unpack(bytes, encoding, maxBytes) {
      const packed = { file: nextFile(), bytes, encoding };
      const run = (): Promise<Buffer | EngineError> =>
        useOnce((connection) => unpackByEngine(connection, packed, maxBytes));
      return (await slots.use(run)) ?? TOO_MANY_WAITING;
    },
    async close() {
      await sessions.close();
      await folder.close();
    },
  };
}

/** Names of files in a folder that is emptied first: what a killed engine has left there is of no use. */
function createFileNames(folder: string): () => string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  let count = 0;
  return () => join(folder, String((count += 1)));
}

const TOO_MANY_WAITING = createError(202, 'Too many queries are waiting. (TOO_MANY_SIMULTANEOUS_QUERIES)');
const READ_ONLY_REFUSAL = createError(164, 'Cannot execute query in readonly mode. (READONLY)');
const READING_WORDS = /^[\s(]*(?:select|with|show|describe|desc|explain|exists|from|set|use)\b/i;

/** In a session the engine's own read-only mode can't be switched off again, so a GET is judged by its first word. */
function isReading({ statement }: EngineRequest): boolean {
  return statement.kind === 'text' && READING_WORDS.test(statement.sql);
}

function fail(error: EngineError): EngineAnswer {
  return { kind: 'failed', error };
}
