import { mkdirSync } from 'node:fs';

import { drainPending, Session } from 'chdb';

/** The data folder as chDB opened it. */
export interface ChdbFolder {
  readonly version: string;
  readonly timezone: string;
  /** A connection with settings, database and temporary tables of its own; costs half a millisecond. */
  connect(): Promise<Session>;
  /** Waits for what runs, then lets the folder go. */
  close(): Promise<void>;
}

/** What chDB sets as a command line tool would and a server doesn't, and bounds for one query: 5 minutes, 1 GiB. */
const BASE_SETTINGS = 'SET implicit_select = 0, max_execution_time = 300, max_result_bytes = 1073741824';

/** Opens a data folder; one process at a time may do so. */
export async function openChdbFolder(folder: string): Promise<ChdbFolder> {
  mkdirSync(folder, { recursive: true });
  // The engine lives as long as its last connection: this one stays to the end.
  const first = new Session(folder);
  const facts = await first.queryAsync('SELECT version(), timezone()', { format: 'TabSeparated' });
  const [version = '', timezone = ''] = facts.text().trim().split('\t');
  return {
    version,
    timezone,
    async connect() {
      const connection = new Session(folder);
      await connection.queryAsync(BASE_SETTINGS);
      return connection;
    },
    async close() {
      await drainPending();
      first.close();
      await drainPending();
    },
  };
}
