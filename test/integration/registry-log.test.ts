import { randomUUID } from 'node:crypto';
import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import { createRegistryClient } from '@scoreline/runtime/avro/registry.ts';
import { writeHeader } from '@scoreline/runtime/avro/wire-format.ts';
import { createRegistryCommands, type RegistryCommands } from '@scoreline/runtime/registry/commands.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { openDecisionLog } from '@scoreline/runtime/decision-log/open-log.ts';
import { REGISTRY_TOPIC } from '@scoreline/runtime/registry/projection.ts';
import type { Verdict } from '@scoreline/runtime/decision-log/verdict.ts';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { type IsolatedEnv, setUpIsolatedEnv } from '../support/isolated-env.ts';
import { locateRegistry, openRegistryRoom, register, type RegistryRoom } from '../support/registry-room.ts';

const V1 = 'bank-leads@1.0.0';
const V2 = 'bank-leads@1.1.0';

const run = promisify(execFile);
let env: IsolatedEnv;
const rooms: RegistryRoom[] = [];

async function open(): Promise<RegistryRoom> {
  const room = await openRegistryRoom(env);
  rooms.push(room);
  return room;
}

beforeAll(async () => {
  env = await setUpIsolatedEnv();
});

afterAll(async () => {
  await Promise.all(rooms.map((room) => room.close()));
});

/** Resolves for all once `parties` have come. */
function createBarrier(parties: number): () => Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  let waiting = 0;
  return () => {
    waiting += 1;
    if (waiting === parties) resolve();
    return promise;
  };
}

/** A room's commands, which write only once `meet` resolves: whoever else meets there has decided by then too. */
function commandsHeldBack(
  { projection, appender }: RegistryRoom,
  meet: () => Promise<void>,
): RegistryCommands {
  const append: typeof appender.append = async (event) => {
    await meet();
    return appender.append(event);
  };
  return createRegistryCommands({
    projection,
    appender: { append },
    nowMs: Date.now,
    newEventId: randomUUID,
  });
}

function foreignPromotion(revision: number): ModelEvent {
  return {
    event_id: randomUUID(),
    expected_revision: revision,
    type: 'promoted',
    model: 'bank-leads',
    version: '9.9.9',
    alias: null,
    actor: 'a stranger',
    reason: 'none',
    artifact: null,
    evidence: null,
    decided_at: 0,
  };
}

/** No value, no frame, a schema that nobody knows, and bytes that end too soon. */
async function publishGarbage(): Promise<void> {
  const topic = `${env.TOPIC_PREFIX}model-registry`;
  const registry = createRegistryClient({ url: env.SCHEMA_REGISTRY_URL });
  const latest = await registry.latest(`${topic}-value`);
  const framed = (schemaId: number) => writeHeader(Buffer.alloc(8), schemaId);
  const values = [null, Buffer.from('not avro'), framed(999_999), framed(latest!.id)];
  const kafka = { brokers: env.KAFKA_BROKERS.split(','), clientId: 'stranger' };
  const publisher = createPublisher(kafka, () => {});
  await publisher.connect();
  await publisher.publish(
    topic,
    values.map((value) => ({ key: null, value, partition: 0 })),
  );
  await publisher.close();
}

describe('a registry on the stack', () => {
  test('an empty one is read to its end', async () => {
    const { projection } = await open();
    expect(projection.state()).toMatchObject({ revision: 0, production: null });
    await projection.untilCaughtUp();
  });

  test('a decision is known to another process within 300 ms of its publication', async () => {
    const [writer, reader] = await Promise.all([open(), open()]);
    const seen = Promise.withResolvers<number>();
    reader.projection.onVerdict(({ timestampMs }) => seen.resolve(Date.now() - timestampMs));
    const result = await writer.commands.execute(register(V1));
    expect(result).toMatchObject({ ok: true, changed: true, revision: 1 });
    expect(await seen.promise).toBeLessThan(300);
    expect(reader.projection.state().versions.get(V1)).toMatchObject({ stage: 'registered' });
  });

  test('the same bytes again are nothing, other bytes are refused', async () => {
    const { commands, projection } = await open();
    expect(await commands.execute(register(V1))).toMatchObject({ ok: true, changed: false });
    expect(await commands.execute(register(V1, 'anna', 'b'))).toMatchObject({
      ok: false,
      code: 'version.other_bytes',
    });
    expect(projection.state().revision).toBe(1);
  });

  test('of two that decide at once one wins, and the other is told who did', async () => {
    const [one, two] = await Promise.all([open(), open()]);
    const meet = createBarrier(2);
    const results = await Promise.all([
      commandsHeldBack(one, meet).execute(register(V2, 'anna')),
      commandsHeldBack(two, meet).execute(register(V2, 'otto')),
    ]);
    const [won, lost] = [results.filter(({ ok }) => ok), results.filter(({ ok }) => !ok)];
    expect([won.length, lost.length]).toEqual([1, 1]);
    const winner = one.projection.state().versions.get(V2)?.decisions[0]?.actor;
    expect(lost[0]).toMatchObject({
      code: 'conflict',
      message: expect.stringContaining(`registered ${V2}, by ${winner}`),
    });
  });

  test('garbage of a foreign writer changes nothing, for nobody, and can be seen', async () => {
    const watcher = await open();
    const before = watcher.projection.state();
    const verdicts: Verdict<ModelEvent>[] = [];
    watcher.projection.onVerdict((verdict) => void verdicts.push(verdict));
    await publishGarbage();
    await watcher.appender.append(foreignPromotion(before.revision));
    await watcher.projection.untilCaughtUp();
    expect(verdicts.map(({ ignored }) => ignored?.code)).toEqual([
      'value.empty',
      'value.bad_magic_byte',
      'schema.unknown',
      'value.malformed',
      'version.unknown',
    ]);
    expect(watcher.projection.state()).toBe(before);
  });

  test('whoever reads it anew comes to the same state', async () => {
    const [first] = rooms;
    await first?.projection.untilCaughtUp();
    const again = await open();
    expect(again.projection.state()).toEqual(first?.projection.state());
    expect(again.projection.state().revision).toBe(2);
  });

  test('a process that dies after it wrote has decided; the command again finds it so', async () => {
    const script = fileURLToPath(new URL('../support/decide-and-die.ts', import.meta.url));
    const died = await run(process.execPath, [script, 'bank-leads@1.2.0'], { env: { ...env } }).catch(
      (error: { signal?: string }) => error.signal,
    );
    expect(died).toBe('SIGKILL');
    const room = await open();
    expect(room.projection.state().versions.get('bank-leads@1.2.0')).toMatchObject({ stage: 'registered' });
    expect(await room.commands.execute(register('bank-leads@1.2.0'))).toMatchObject({
      ok: true,
      changed: false,
      state: { revision: 3 },
    });
  });

  test('what can not be read to its end is not decided on', async () => {
    const room = await open();
    await room.projection.close();
    expect(await room.commands.execute(register('bank-leads@2.0.0'))).toMatchObject({
      ok: false,
      code: 'unavailable',
      message: expect.stringContaining('could not be read to its end'),
    });
    expect(room.projection.state().revision).toBe(3);
  });
});

test('a topic that is not there is waited for, by name', async () => {
  const reasons: string[] = [];
  const location = locateRegistry({ ...env, TOPIC_PREFIX: 'none.' });
  const log = openDecisionLog(REGISTRY_TOPIC, location, () => {});
  log
    .follow(
      () => {},
      (reason) => void reasons.push(reason),
    )
    .catch(() => undefined);
  await vi.waitFor(
    () =>
      expect(reasons).toContainEqual(
        expect.stringContaining('missing topics: none.model-registry; "npm run setup"'),
      ),
    {
      timeout: 60_000,
    },
  );
  await log.close();
});
