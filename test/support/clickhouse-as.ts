import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { checkHealth } from '@scoreline/infra/local/check-health.ts';
import { startChildProcess } from '@scoreline/infra/local/child-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { until } from './until.ts';

const REPOSITORY = join(import.meta.dirname, '../..');
const USERS = join(REPOSITORY, 'infra/clickhouse/users.sql');

/** The roles that `users.sql` makes. */
export type ClickHouseRole = 'scoreline_setup' | 'scoreline_writer' | 'scoreline_reader';

/** The statements of `users.sql`. */
export function readUserStatements(): string[] {
  return readFileSync(USERS, 'utf8')
    .replaceAll(/^--.*$/gm, '')
    .split(/;\s*$/m)
    .map((statement) => statement.trim())
    .filter((statement) => statement !== '');
}

/**
 * The embedded engine on a data folder, its one user with exactly the rights that `users.sql` grants to a role: it has
 * no users of its own, but reads their rights from a configuration in the folder that it is started in.
 */
export async function startClickHouseAs(
  role: ClickHouseRole,
  folder: string,
): Promise<{ readonly url: string; stop(): Promise<void> }> {
  const home = join(folder, role);
  mkdirSync(home, { recursive: true });
  writeFileSync(join(home, 'config.xml'), describeServer(join(home, 'users.xml')));
  writeFileSync(join(home, 'users.xml'), describeUser(role));
  const [port = 0] = await findFreePorts(1);
  const gateway = join(REPOSITORY, 'infra/local/gateway/main.ts');
  const child = await startChildProcess({
    program: 'sh',
    args: [
      '-c',
      'cd "$0" && exec "$@"',
      home,
      process.execPath,
      gateway,
      '--port',
      String(port),
      '--data',
      join(folder, 'data'),
    ],
    logFile: join(home, 'gateway.log'),
  });
  await until(() => checkHealth('clickhouse', port), 60_000, 'the engine did not answer');
  return { url: `http://127.0.0.1:${port}`, stop: () => child.stop() };
}

function describeServer(usersFile: string): string {
  return `<clickhouse>
  <users_config>${usersFile}</users_config>
  <user_directories><users_xml><path>${usersFile}</path></users_xml></user_directories>
  <access_control_improvements>
    <select_from_system_db_requires_grant>true</select_from_system_db_requires_grant>
  </access_control_improvements>
</clickhouse>`;
}

function describeUser(role: ClickHouseRole): string {
  const statements = readUserStatements();
  const grants = statements.flatMap((statement) => {
    const found = new RegExp(String.raw`^(GRANT .* ON .*) TO ${role}$`, 's').exec(statement);
    return found?.[1] === undefined ? [] : [`<query>${found[1]}</query>`];
  });
  const profile = statements.find(
    (statement) => statement.endsWith(`TO ${role}`) && statement.includes('PROFILE'),
  );
  const readonly = /readonly = (\d)/.exec(profile ?? '')?.[1] ?? '0';
  return `<clickhouse>
  <profiles><default><readonly>${readonly}</readonly></default></profiles>
  <users><default>
    <password></password><networks><ip>::/0</ip></networks><profile>default</profile><quota>default</quota>
    <grants>${grants.join('')}</grants>
  </default></users>
  <quotas><default></default></quotas>
</clickhouse>`;
}
