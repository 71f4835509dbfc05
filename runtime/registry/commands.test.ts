import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import type { RegistryCommand } from '@scoreline/core/registry/command.ts';
import type { RegistryState } from '@scoreline/core/registry/state.ts';
import { describe, expect, test } from 'vitest';
import { EventLogBehind } from '../kafka/event-log.ts';
import { createRegistryCommands, type RegistryCommandsDeps } from './commands.ts';
import { createRegistryProjection, type RegistryProjection } from './projection.ts';
import { SILENT_PROJECTION } from '../decision-log/projection.ts';
import { createMemoryTopic, type MemoryTopic } from '../decision-log/testing/memory-log.ts';

const V1 = 'bank-leads@1.0.0';
const register: RegistryCommand = {
  type: 'register',
  ref: V1,
  artifact: { uri: 'bank-leads/1.0.0', manifest_sha256: 'a'.repeat(64) },
  actor: 'anna',
  reason: 'first',
};

let ids = 0;
async function open(
  topic: MemoryTopic<ModelEvent>,
): Promise<RegistryCommandsDeps & { projection: RegistryProjection }> {
  const projection = createRegistryProjection({ log: topic.openLog(), events: SILENT_PROJECTION });
  await projection.start(() => {});
  return { projection, appender: topic.appender, nowMs: () => 1, newEventId: () => `e${(ids += 1)}` };
}

describe('commands', () => {
  test('a decision is in the state by the time it is reported', async () => {
    const deps = await open(createMemoryTopic<ModelEvent>());
    const result = await createRegistryCommands(deps).execute(register);
    expect(result).toMatchObject({ ok: true, changed: true, revision: 1, state: { revision: 1 } });
    expect(deps.projection.state().versions.has(V1)).toBe(true);
  });

  test('an append that fails, but has written, has decided', async () => {
    const topic = createMemoryTopic<ModelEvent>();
    const deps = await open(topic);
    const append: typeof topic.appender.append = async (event) => {
      await topic.appender.append(event);
      throw new Error('time-out');
    };
    const result = await createRegistryCommands({ ...deps, appender: { append } }).execute(register);
    expect(result).toMatchObject({ ok: true, changed: true });
  });

  test('an append that fails, and has not written, leaves the outcome to be looked at', async () => {
    const deps = await open(createMemoryTopic<ModelEvent>());
    const append = () => Promise.reject(new Error('brokers away'));
    const result = await createRegistryCommands({ ...deps, appender: { append } }).execute(register);
    expect(result).toMatchObject({
      ok: false,
      code: 'unavailable',
      message: expect.stringContaining('brokers away'),
    });
  });

  test('a copy that a retry wrote changes nothing', async () => {
    const topic = createMemoryTopic<ModelEvent>();
    const deps = await open(topic);
    const append: typeof topic.appender.append = async (event) => {
      await topic.appender.append(event);
      return topic.appender.append(event);
    };
    const result = await createRegistryCommands({ ...deps, appender: { append } }).execute(register);
    expect(result).toMatchObject({ ok: true, changed: true, revision: 1 });
  });

  test('the loser is told who won, with the reason', async () => {
    const topic = createMemoryTopic<ModelEvent>();
    const [one, two] = [await open(topic), await open(topic)];
    // Otto decides and writes between Anna's decision and her write.
    const append: typeof topic.appender.append = async (event) => {
      await createRegistryCommands(two).execute({ ...register, actor: 'otto', reason: 'mine' });
      return topic.appender.append(event);
    };
    expect(await createRegistryCommands({ ...one, appender: { append } }).execute(register)).toEqual({
      ok: false,
      code: 'conflict',
      message: `another decision won: registered ${V1}, by otto (mine); look again, then decide`,
    });
  });

  test('nothing is decided on a registry that can not be read to its end', async () => {
    const deps = await open(createMemoryTopic<ModelEvent>());
    const projection = {
      ...deps.projection,
      untilCaughtUp: () => Promise.reject(new EventLogBehind('model-registry: brokers away')),
    };
    expect(await createRegistryCommands({ ...deps, projection }).execute(register)).toMatchObject({
      ok: false,
      code: 'unavailable',
    });
  });
});

describe('projection', () => {
  test('tells changes from its start on, with the state before; garbage is a verdict and no change', async () => {
    const topic = createMemoryTopic<ModelEvent>();
    const writer = await open(topic);
    await createRegistryCommands(writer).execute(register);
    topic.appendGarbage();
    const projection = createRegistryProjection({ log: topic.openLog(), events: SILENT_PROJECTION });
    const changes: [number, number][] = [];
    const codes: (string | undefined)[] = [];
    projection.onVerdict(({ ignored }) => void codes.push(ignored?.code));
    const end = projection.onChange((after: RegistryState, before: RegistryState) => {
      changes.push([before.revision, after.revision]);
    });
    await projection.start(() => {});
    expect([changes, codes]).toEqual([[], [undefined, 'value.malformed']]);
    await createRegistryCommands(writer).execute({ type: 'stage', ref: V1, actor: 'anna', reason: 'look' });
    topic.appendGarbage();
    await projection.untilCaughtUp();
    expect(changes).toEqual([[1, 2]]);
    end();
    await createRegistryCommands(writer).execute({ type: 'archive', ref: V1, actor: 'anna', reason: 'no' });
    expect([projection.state().revision, changes.length]).toEqual([3, 1]);
  });
});
