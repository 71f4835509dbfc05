import assert from 'node:assert/strict';

import { createClickHouse, type ClickHouseClient } from '@scoreline/runtime/clickhouse/client.ts';

/**
 * What belongs to a real server and the embedded gateway doesn't have: a user who may read and not write, a wrong
 * password, a quota. Throws where one of them isn't held.
 */
export async function checkUsers(url: string): Promise<void> {
  const admin = createClickHouse({ url, database: 'default' });
  const reader = createClickHouse({ url, database: 'default', username: 'reader', password: 'right' });
  const stranger = createClickHouse({ url, database: 'default', username: 'reader', password: 'wrong' });
  try {
    for (const query of [
      'CREATE TABLE users_check (x UInt8) ENGINE = MergeTree ORDER BY x',
      "CREATE USER reader IDENTIFIED WITH sha256_password BY 'right'",
      'GRANT SELECT ON default.users_check TO reader',
    ])
      await admin.command({ query });
    await read(reader);
    await expectCode('497', reader.command({ query: 'INSERT INTO users_check VALUES (1)' }));
    await expectCode('516', read(stranger));
    await admin.command({ query: 'CREATE QUOTA two_reads FOR INTERVAL 1 hour MAX queries = 2 TO reader' });
    await read(reader);
    await read(reader);
    await expectCode('201', read(reader));
    process.stdout.write('users, grants and quotas are held by the server\n');
  } finally {
    for (const query of [
      'DROP QUOTA IF EXISTS two_reads',
      'DROP USER IF EXISTS reader',
      'DROP TABLE users_check',
    ])
      await admin.command({ query });
    await Promise.all([admin.close(), reader.close(), stranger.close()]);
  }
}

async function read(client: ClickHouseClient): Promise<void> {
  const answer = await client.query({ query: 'SELECT count() FROM users_check', format: 'JSONEachRow' });
  await answer.json();
}

async function expectCode(code: string, call: Promise<unknown>): Promise<void> {
  await assert.rejects(
    call,
    (error: unknown) => error instanceof Error && 'code' in error && error.code === code,
  );
}
