import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { readAclCommand } from '@scoreline/infra/acls/command-line.ts';
import { runAcls } from '@scoreline/infra/acls/run-acls.ts';
import { type ServiceProcess, startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { createRegistryClient, RegistryUnavailable } from '@scoreline/runtime/avro/registry.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import { openTopicAdmin } from '@scoreline/runtime/kafka/admin.ts';
import { createPartitionReader } from '@scoreline/runtime/kafka/partition-reader.ts';
import { asClient } from '@scoreline/runtime/kafka/settings.ts';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { judgeScores } from '../judge/judge-scores.ts';
import { runScoreline } from '../support/run-scoreline.ts';
import {
  BAD_LEADS,
  configOf,
  MARKED_LEAD,
  publishAs,
  publishMarkedLeads,
  untilScored,
} from '../support/secured-leads.ts';
import { openSecuredRoom, type SecuredRoom } from '../support/secured-room.ts';
import { FOREIGN_CA, UNINVITED } from '../support/uninvited.ts';
import { until } from '../support/until.ts';

const LEADS = 300;
const PINNED = { MODEL: 'bank-leads@1.0.0', CANDIDATE: 'bank-leads@1.1.0', LOG_LEVEL: 'trace' };
const REPOSITORY = join(import.meta.dirname, '../..');
const run = promisify(execFile);

let room: SecuredRoom;
/** What was seen from outside: answers of HTTP and what commands have printed. */
const seen: string[] = [];
beforeAll(async () => {
  room = await openSecuredRoom();
}, 240_000);
afterAll(() => room?.close());

test('scorer, shadow and drift work as users of their own with their rights and no more; every lead is scored exactly once', async () => {
  const scorer = await start('scorer', room.envOf('scorer'));
  const shadow = await start('shadow', room.envOf('shadow', 'certificate'));
  const drift = await start('drift', room.envOf('drift'));
  await Promise.all([scorer, shadow, drift].map((service) => service.untilReady(90_000)));
  await publishMarkedLeads(room, 0, LEADS);
  await untilScored(room, LEADS);

  // Without the right to write scores the scorer waits, says so, and loses nothing.
  const right = {
    principal: 'User:scorer',
    operation: 'Write',
    resourceType: 'topic',
    name: `${room.prefix}lead-scores`,
    pattern: 'literal',
  } as const;
  await room.acls.remove([right]);
  await publishMarkedLeads(room, LEADS, LEADS + 50);
  await expect
    .poll(() => healthOf(scorer), { timeout: 30_000, interval: 200 })
    .toMatch(/lead-scores\/\d: TOPIC_AUTHORIZATION_FAILED/);
  await room.acls.create([right]);
  await untilScored(room, LEADS + 50);

  for (const service of [scorer, shadow, drift]) seen.push(...(await askEverything(service)));
  await Promise.all([scorer, shadow, drift].map((service) => service.stop()));
  const { prefix } = room;
  const verdict = await judgeScores({
    brokers: room.accessOf('judge'),
    schemaRegistry: toRegistryAccess(configOf(room.envOf('cli'))),
    leadTopic: `${prefix}lead-created`,
    deadLetterTopic: `${prefix}lead-created.dlq`,
    scoreTopics: [
      { topic: `${prefix}lead-scores`, role: 'production' },
      { topic: `${prefix}lead-shadow-scores`, role: 'shadow' },
    ],
  });
  for (const topic of verdict.byTopic.values())
    expect(topic).toMatchObject({ scores: LEADS + 50, duplicates: 0, lost: 0, misplaced: 0, outOfOrder: 0 });
  // Given up by scorer and shadow.
  expect(verdict).toMatchObject({ deadLetters: 2 * BAD_LEADS, duplicateDeadLetters: 0, openTransactions: 0 });
}, 300_000);

test('api, controller and commands find what they need with their rights', async () => {
  const api = await start('api', room.envOf('api'));
  const rollout = await start('rollout', room.envOf('rollout', 'certificate'));
  await Promise.all([api, rollout].map((service) => service.untilReady(90_000)));
  seen.push(...(await askEverything(api)));
  const env = { ...process.env, ...room.envOf('cli'), MODELS_DIR: join(REPOSITORY, 'models') };
  const commands = [
    'model list',
    'dlq list --count',
    'dlq drop --all --reason test',
    'retrain list',
    'rollout status',
  ];
  for (const command of commands) {
    const { code, text } = await runScoreline(env, command.split(' '));
    seen.push(text);
    expect({ command, code, text }).toMatchObject({
      code: expect.toSatisfy((status: number) => status <= 1) as number,
      text: expect.not.stringMatching(/AUTHORIZATION|npm run acls/) as string,
    });
  }
  await Promise.all([api, rollout].map((service) => service.stop()));
}, 240_000);

describe('what a service may not do', () => {
  const denied = /AUTHORIZATION_FAILED|npm run acls/;

  test('the scorer reads no outcomes and decides on no model', async () => {
    const access = asClient(room.accessOf('scorer'), 'test');
    const reader = createPartitionReader(access, `${room.prefix}lead-outcomes`, () => {});
    await expect(reader.endOffset()).rejects.toThrow(denied);
    await reader.close();
    await expect(publishAs(room, 'scorer', 'model-registry')).rejects.toThrow(denied);
  });

  test('the shadow writes no scores of production, and drift none at all', async () => {
    await expect(publishAs(room, 'shadow', 'lead-scores')).rejects.toThrow(denied);
    await expect(publishAs(room, 'drift', 'lead-shadow-scores')).rejects.toThrow(denied);
  });

  test('nobody of them changes rights', async () => {
    const command = readAclCommand(['apply', '--only', 'scorer', '--principal', 'scorer=User:mallory']);
    const applied = runAcls(command, { ...room.envOf('setup') }, () => {});
    await expect(applied).rejects.toThrow(/CLUSTER_AUTHORIZATION_FAILED/);
  });

  test('npm run acls tells what is missing, grants it, and takes away what is beyond', async () => {
    const adminFile = room.writeFile('admin.password', room.accessOf('admin').sasl?.password ?? '');
    const env = {
      ...room.envOf('setup'),
      KAFKA_SASL_USERNAME: 'admin',
      KAFKA_SASL_PASSWORD_FILE: adminFile,
    };
    const acl = async (...args: string[]): Promise<{ isAsItShould: boolean; lines: string[] }> => {
      const lines: string[] = [];
      const command = readAclCommand([...args, '--only', 'drift', '--principal', 'drift=User:drift']);
      const isAsItShould = await runAcls(command, env, (line) => lines.push(line));
      seen.push(...lines);
      return { isAsItShould, lines };
    };
    expect(await acl('check')).toMatchObject({ isAsItShould: true });
    const own = { principal: 'User:drift', resourceType: 'topic', pattern: 'literal' } as const;
    const [read, write] = [
      { ...own, operation: 'Read', name: `${room.prefix}lead-scores` } as const,
      { ...own, operation: 'Write', name: `${room.prefix}lead-scores` } as const,
    ];
    await room.acls.remove([read]);
    await room.acls.create([write]);
    expect(await acl('check')).toEqual({
      isAsItShould: false,
      lines: [
        `missing … User:drift Read topic ${room.prefix}lead-scores`,
        `beyond the list … User:drift Write topic ${room.prefix}lead-scores`,
      ],
    });
    expect(await acl('apply', '--remove-others')).toMatchObject({ isAsItShould: true });
    expect(await acl('check')).toMatchObject({ isAsItShould: true });
  });
});

test.each(['SCRAM-SHA-256', 'PLAIN'] as const)(
  '%s lets in who knows the password, and nobody else',
  async (mechanism) => {
    const access = room.accessOf('scorer');
    const password = access.sasl?.password ?? '';
    const endOf = async (given: string): Promise<number> => {
      const sasl = { mechanism, username: 'scorer', password: given };
      const client = asClient({ ...access, brokers: [room.broker.byOtherMechanisms], sasl }, 'test');
      const reader = createPartitionReader(client, `${room.prefix}lead-created`, () => {});
      try {
        return await reader.endOffset();
      } finally {
        await reader.close();
      }
    };
    expect(await endOf(password)).toBeGreaterThan(0);
    await expect(endOf('wrong')).rejects.toThrow(/does not let the user 'scorer' in: .*KAFKA_SASL_PASSWORD/);
  },
  40_000,
);

describe('who is not let in', () => {
  test.each(UNINVITED)(
    '$what: an error that says what to do, in bounded time',
    async ({ accessTo, says }) => {
      const admin = openTopicAdmin(asClient(accessTo(room), 'test'), () => {});
      await expect(admin).rejects.toThrow(says);
    },
    40_000,
  );

  test('a service with a wrong password waits, and its /health says why', async () => {
    const wrong = room.writeFile('wrong.password', 'marked-wrong-password');
    const scorer = await start('scorer', { ...room.envOf('scorer'), KAFKA_SASL_PASSWORD_FILE: wrong });
    await until(async () => (await healthOf(scorer)).includes("does not let the user 'scorer' in"), 60_000);
    expect(await healthOf(scorer)).toContain('KAFKA_SASL_PASSWORD');
    seen.push(await healthOf(scorer));
    await scorer.stop();
  });

  test('the registry: a wrong password and an unknown CA are told as what they are', async () => {
    const asked = (env: Record<string, string>): Promise<unknown> =>
      createRegistryClient(toRegistryAccess(configOf(env))).latest('nothing');
    const env = room.envOf('scorer');
    const wrong = room.writeFile('wrong.password', 'marked-wrong-password');
    const other = room.writeFile('other-ca.pem', FOREIGN_CA.cert);
    await expect(asked(env)).resolves.toBeUndefined();
    const refused = asked({ ...env, SCHEMA_REGISTRY_PASSWORD_FILE: wrong });
    await expect(refused).rejects.toBeInstanceOf(RegistryUnavailable);
    await expect(refused).rejects.toThrow(/401\): see SCHEMA_REGISTRY_USERNAME/);
    await expect(asked({ ...env, SCHEMA_REGISTRY_SSL_CA_FILE: other })).rejects.toThrow(
      /SCHEMA_REGISTRY_SSL_CA_FILE/,
    );
  });
});

test('drift that ClickHouse does not let in waits, and its /health says why', async () => {
  const wrong = room.writeFile('wrong.password', 'marked-wrong-password');
  const other = room.writeFile('other-ca.pem', FOREIGN_CA.cert);
  const cases = [
    [{ CLICKHOUSE_PASSWORD_FILE: wrong }, "ClickHouse does not let the user 'drift' in: see CLICKHOUSE_USER"],
    [{ CLICKHOUSE_SSL_CA_FILE: other }, 'CLICKHOUSE_SSL_CA_FILE'],
  ] as const;
  for (const [env, says] of cases) {
    const drift = await start('drift', { ...room.envOf('drift'), ...env });
    await expect.poll(() => healthOf(drift), { timeout: 60_000, interval: 200 }).toContain(says);
    seen.push(await healthOf(drift));
    await drift.stop();
  }
}, 240_000);

test('no secret and no lead stands in anything that was printed, logged or answered', async () => {
  const env = { ...process.env, ...room.envOf('scorer') };
  const check = (service: string): readonly string[] => [
    join(REPOSITORY, 'services', service, 'main.ts'),
    '--check-config',
  ];
  for (const service of ['scorer', 'drift'])
    seen.push((await run(process.execPath, check(service), { env, cwd: REPOSITORY })).stdout);
  const wrong = { ...env, KAFKA_SASL_PASSWORD: room.secrets[0], KAFKA_SASL_MECHANISM: room.secrets[1] };
  const refused = await run(process.execPath, check('drift'), { env: wrong, cwd: REPOSITORY }).catch(
    (error: { stderr: string }) => error,
  );
  expect(refused.stderr).toMatch(/KAFKA_SASL_PASSWORD: .*KAFKA_SASL_PASSWORD_FILE[^]*KAFKA_SASL_MECHANISM: /);
  seen.push(refused.stderr);
  const all = [...seen, room.readLogs()].join('\n');
  expect(all.length).toBeGreaterThan(10_000);
  for (const secret of [...room.secrets, MARKED_LEAD, 'marked-wrong-password']) {
    expect(all).not.toContain(secret);
    expect(all).not.toContain(Buffer.from(secret).toString('base64').slice(0, -4));
  }
  expect(all).not.toContain('PRIVATE KEY');
});

async function start(
  name: 'scorer' | 'shadow' | 'drift' | 'api' | 'rollout',
  env: Readonly<Record<string, string>>,
): Promise<ServiceProcess> {
  const [port = 0] = await findFreePorts(1);
  const options = { env: { ...process.env, ...PINNED, ...env }, port, logFolder: room.logFolder };
  const service = await startService(name, options);
  onTestFinished(() => service.stop());
  return service;
}

async function healthOf({ url }: ServiceProcess): Promise<string> {
  try {
    return await (await fetch(`${url}/health`, { signal: AbortSignal.timeout(5_000) })).text();
  } catch {
    return '';
  }
}

async function askEverything({ url }: ServiceProcess): Promise<string[]> {
  const ask = async (path: string): Promise<string> =>
    (await fetch(`${url}${path}`, { signal: AbortSignal.timeout(10_000) })).text();
  return Promise.all(['/health', '/live', '/metrics', '/model-info', '/models', '/alerts'].map(ask));
}
