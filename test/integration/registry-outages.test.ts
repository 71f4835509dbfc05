import type { Stack } from '@scoreline/infra/local/stack.ts';
import { setUp } from '@scoreline/infra/setup/setup.ts';
import { openDecisionLog } from '@scoreline/runtime/decision-log/open-log.ts';
import { createRegistryProjection, REGISTRY_TOPIC } from '@scoreline/runtime/registry/projection.ts';
import { SILENT_PROJECTION } from '@scoreline/runtime/decision-log/projection.ts';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { IsolatedEnv } from '../support/isolated-env.ts';
import { startOwnStack } from '../support/own-stack.ts';
import { locateRegistry, openRegistryRoom, register, type RegistryRoom } from '../support/registry-room.ts';

let stack: Stack;
let env: IsolatedEnv;
let room: RegistryRoom;

beforeAll(async () => {
  stack = await startOwnStack();
  env = { ...stack.env, TOPIC_PREFIX: 'outage.', CLICKHOUSE_DATABASE: `outage_${Date.now()}` };
  await setUp({ env, log: () => {} });
  room = await openRegistryRoom(env);
});

afterAll(async () => {
  await room.close();
  await stack.stop();
});

const until = (holds: () => void | Promise<void>) => vi.waitFor(holds, { timeout: 40_000, interval: 100 });

test('a broker that is killed: the last state stays and says so, nothing is decided, and it goes on by itself', async () => {
  await room.commands.execute(register('bank-leads@1.0.0'));
  const before = room.projection.state();
  await stack.stopPart('kafka', 'SIGKILL');
  await until(() =>
    expect(room.projection.notReady()).toContain('outage.model-registry can not be read now'),
  );
  expect(await room.commands.execute(register('bank-leads@1.1.0'))).toMatchObject({
    ok: false,
    code: 'unavailable',
  });
  expect(room.projection.state()).toBe(before);

  await stack.startPart('kafka');
  await until(() => expect(room.projection.notReady()).toBeUndefined());
  expect(await room.commands.execute(register('bank-leads@1.1.0'))).toMatchObject({ ok: true, revision: 2 });
  const again = await openRegistryRoom(env);
  expect(again.projection.state()).toEqual(room.projection.state());
  await again.close();
});

test('a schema registry that is away holds up who does not know the schema yet, and is no garbage', async () => {
  await stack.stopPart('registry');
  // Known here: decisions go on being read and written.
  expect(await room.commands.execute(register('bank-leads@1.2.0'))).toMatchObject({ ok: true, revision: 3 });
  const late = createRegistryProjection({
    log: openDecisionLog(REGISTRY_TOPIC, locateRegistry(env), () => {}),
    events: SILENT_PROJECTION,
  });
  const started = late.start(() => {});
  await until(() => expect(late.notReady()).toContain('the schema registry does not answer'));
  expect(late.state().revision).toBe(0);

  await stack.startPart('registry');
  await started;
  expect(late.state()).toEqual(room.projection.state());
  await late.close();
});
