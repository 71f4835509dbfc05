import type { Answer } from '@scoreline/core/reports/facts.ts';
import type { Database } from '../clickhouse/database.ts';

/** Asks queries and keeps them beside their answers, numbered in the order asked. */
export interface Asker {
  ask<R>(about: string, sql: string): Promise<Answer<R>>;
}

/** What a report shows of one thing at most; queries say themselves which rows they leave out. */
const MOST_ROWS = 2_000;

export function createAsker(database: Pick<Database, 'query'>): Asker {
  let asked = 0;
  return {
    async ask<R>(about: string, sql: string): Promise<Answer<R>> {
      const name = `Q${++asked}`;
      const rows = await database.query<R>(`${sql}\nLIMIT ${MOST_ROWS}`);
      return { name, about, sql, rows };
    },
  };
}
