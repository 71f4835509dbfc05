import { describe, expect, test } from 'vitest';
import type { ModelEvent } from '../contracts/model-event.ts';
import type { RegistryCommand } from './command.ts';
import { decide } from './decide.ts';
import { evolve } from './evolve.ts';
import { EMPTY_REGISTRY, type RegistryState, stagingVersions } from './state.ts';
import {
  approve,
  archive,
  eventOf,
  given,
  promote,
  register,
  reject,
  stage,
  V1,
  V2,
  V3,
} from './testing/given.ts';

/** V1 scores, V2 is in the shadow and approved. */
const READY = [register(V1), stage(V1), approve(V1), promote(V1), register(V2), stage(V2), approve(V2)];

function refusalOf(state: RegistryState, command: RegistryCommand): unknown[] {
  const decision = decide(state, command, { nowMs: 0, eventId: 'e' });
  return decision.ok ? ['no refusal'] : [decision.code, decision.message];
}

describe('the way to Production', () => {
  test('registered, staged, approved, promoted; who, when and why stay', () => {
    const state = given(register(V1), stage(V1), approve(V1), promote(V1));
    expect(state.production).toBe(V1);
    expect(state.revision).toBe(4);
    expect(state.versions.get(V1)).toMatchObject({
      stage: 'production',
      stageRevision: 4,
      approvals: [{ actor: 'anna', reason: 'approve', evidence: '{"passes":true}' }],
    });
    expect(state.versions.get(V1)?.decisions.map(({ type, revision }) => [type, revision])).toEqual([
      ['registered', 1],
      ['staged', 2],
      ['approved', 3],
      ['promoted', 4],
    ]);
  });

  test('the version that was production is archived and is the way back', () => {
    const state = given(...READY, promote(V2));
    expect([state.production, state.versions.get(V1)?.stage, state.previous]).toEqual([V2, 'archived', [V1]]);
    expect(state.versions.get(V1)?.decisions.at(-1)).toMatchObject({
      type: 'archived',
      reason: `${V2} took its place: promote`,
    });
  });

  test('without approval there is no promotion, and the refusal says what to do', () => {
    const state = given(register(V1), stage(V1));
    const [code, message] = refusalOf(state, promote(V1));
    expect(code).toBe('approval.missing');
    expect(message).toContain(`scoreline model approve ${V1}`);
  });

  test('an approval holds for one stay in Staging', () => {
    const state = given(register(V1), stage(V1), approve(V1), archive(V1), stage(V1));
    expect(refusalOf(state, promote(V1))[0]).toBe('approval.missing');
  });
});

describe('rollback', () => {
  const rollback: RegistryCommand = { type: 'rollback', actor: 'otto', reason: 'conversions fell' };

  test('the previous production version scores again, without a new approval', () => {
    const state = given(...READY, promote(V2), rollback);
    expect([state.production, state.versions.get(V2)?.stage, state.previous]).toEqual([V1, 'archived', []]);
    expect(refusalOf(state, rollback)[0]).toBe('rollback.nowhere');
  });

  test('goes back step by step, or to an earlier version by name', () => {
    const third = [...READY, promote(V2), register(V3), stage(V3), approve(V3), promote(V3)];
    expect(given(...third).previous).toEqual([V1, V2]);
    expect(given(...third, rollback, rollback).production).toBe(V1);
    const named = given(...third, { ...rollback, ref: V1 });
    expect([named.production, named.previous]).toEqual([V1, []]);
  });

  test('never to what was rejected since, or has never scored', () => {
    const rejected = given(...READY, promote(V2), reject(V1));
    expect(refusalOf(rejected, rollback)[0]).toBe('rollback.nowhere');
    const [code, message] = refusalOf(given(...READY, promote(V2), register(V3)), { ...rollback, ref: V3 });
    expect([code, message]).toEqual(['rollback.nowhere', expect.stringContaining(`leads to ${V1}`)]);
  });

  test('a version that was rolled away from can go the whole way again', () => {
    const state = given(...READY, promote(V2), rollback, stage(V2), approve(V2), promote(V2));
    expect([state.production, state.previous]).toEqual([V2, [V1]]);
  });
});

describe('pushing', () => {
  test('the same bytes again are nothing, other bytes are refused', () => {
    const state = given(register(V1));
    expect(decide(state, register(V1), { nowMs: 0, eventId: 'e' })).toMatchObject({ ok: true, event: null });
    const other = { ...register(V1), artifact: { uri: 'file:/b', manifest_sha256: 'b'.repeat(64) } };
    const [code, message] = refusalOf(state, other);
    expect([code, message]).toEqual([
      'version.other_bytes',
      expect.stringContaining('give the package a new one'),
    ]);
  });

  test('a registration without whole artifact is refused', () => {
    const broken = { ...register(V1), artifact: { uri: 'file:/a', manifest_sha256: 'short' } };
    expect(refusalOf(EMPTY_REGISTRY, broken)[0]).toBe('event.invalid');
  });
});

describe('illegal transitions', () => {
  const states: Record<string, RegistryCommand[]> = {
    registered: [register(V3)],
    staging: [register(V3), stage(V3)],
    production: [register(V3), stage(V3), approve(V3), promote(V3)],
    archived: [register(V3), archive(V3)],
    rejected: [register(V3), reject(V3)],
    unregistered: [],
  };
  const commands = { stage, approve, promote, reject, archive };
  const legal: Record<string, readonly string[]> = {
    registered: ['stage', 'reject', 'archive'],
    staging: ['stage', 'approve', 'reject', 'archive'],
    production: ['approve', 'promote'],
    archived: ['stage', 'reject', 'archive'],
    rejected: ['reject'],
    unregistered: [],
  };
  const table = Object.keys(states).flatMap((name) =>
    Object.keys(commands).map((command) => [command, name] as const),
  );
  test.each(table)('%s of a version that is %s', (command, name) => {
    const state = given(...(states[name] ?? []));
    const decision = decide(state, commands[command as keyof typeof commands](V3), {
      nowMs: 0,
      eventId: 'e',
    });
    expect(decision.ok).toBe(legal[name]?.includes(command));
  });

  test.each(table)('and as a foreign event: %s of a version that is %s', (command, name) => {
    const state = given(...(states[name] ?? []));
    const event = eventOf(state, commands[command as keyof typeof commands](V3));
    // What asks for the stage that is there already is a no-op as a command and illegal as an event.
    const changes = legal[name]?.includes(command) === true && !isSettled(name, command);
    const evolution = evolve(state, event);
    expect([evolution.accepted, evolution.state === state]).toEqual([changes, !changes]);
  });
});

function isSettled(stageName: string, command: string): boolean {
  const settled = [
    'staging stage',
    'production promote',
    'production approve',
    'archived archive',
    'rejected reject',
  ];
  return settled.includes(`${stageName} ${command}`);
}

describe('aliases', () => {
  const alias = (name: string, ref: typeof V1 | null): RegistryCommand => ({
    type: 'alias',
    alias: name,
    ref,
    actor: 'anna',
    reason: 'alias',
  });

  test('champion is production, challenger the version staged last', () => {
    const state = given(...READY, register(V3), stage(V3));
    expect([...state.aliases]).toEqual([
      ['champion', V1],
      ['challenger', V3],
    ]);
    expect(stagingVersions(state).map(({ ref }) => ref)).toEqual([V3, V2]);
    expect(given(...READY, promote(V2)).aliases).toEqual(new Map([['champion', V2]]));
  });

  test('a challenger set by hand stays until its version leaves Staging or the alias is taken away', () => {
    const set = [...READY, register(V3), stage(V3), alias('challenger', V2)];
    expect(given(...set).aliases.get('challenger')).toBe(V2);
    expect(given(...set, alias('challenger', null)).aliases.get('challenger')).toBe(V3);
    expect(given(...set, archive(V2)).aliases.get('challenger')).toBe(V3);
  });

  test('other names point where they are put', () => {
    const state = given(...READY, alias('black-friday', V1));
    expect(state.aliases.get('black-friday')).toBe(V1);
    expect(decide(state, alias('black-friday', V1), { nowMs: 0, eventId: 'e' })).toMatchObject({
      event: null,
    });
  });

  test.each([
    ['champion', V2, 'alias.reserved'],
    ['challenger', V1, 'stage.illegal'],
    ['Bad Name', V1, 'event.invalid'],
    ['best', V3, 'version.unknown'],
    ['never-set', null, 'alias.unknown'],
  ] as const)('%s at %s is refused', (name, ref, code) => {
    expect(refusalOf(given(...READY), alias(name, ref))[0]).toBe(code);
  });
});

describe('what counts', () => {
  test('of two decisions at one revision the first read wins', () => {
    const state = given(...READY);
    const first = evolve(state, eventOf(state, promote(V2)));
    const second = evolve(first.state, eventOf(state, reject(V2)));
    expect([first.accepted, second.accepted]).toEqual([true, false]);
    expect(second).toMatchObject({ code: 'conflict', state: first.state });
  });

  test('a command that names the revision it was made at is refused at any other', () => {
    const state = given(...READY);
    expect(refusalOf(state, { ...promote(V2), expectedRevision: 3 })[0]).toBe('conflict');
    expect(decide(state, { ...promote(V2), expectedRevision: 7 }, { nowMs: 0, eventId: 'e' }).ok).toBe(true);
  });

  const sound = eventOf(given(...READY), promote(V2));
  const garbage: [string, Partial<ModelEvent>][] = [
    ['a type that is not known', { type: 'unknown' }],
    ['no actor', { actor: ' ' }],
    ['no version reference', { model: '../etc' }],
    ['a version that nobody registered', { version: '9.9.9' }],
    ['a registration without artifact', { type: 'registered', version: '9.9.9' }],
    ['a revision from the future', { expected_revision: 1_000 }],
    ['a time that is none', { decided_at: 9e15 }],
    ['an alias without a name', { type: 'aliased' }],
  ];
  test.each(garbage)('%s changes nothing', (_what, change) => {
    const state = given(...READY);
    const evolution = evolve(state, { ...sound, ...change });
    expect([evolution.accepted, evolution.state]).toEqual([false, state]);
  });

  test('a replay of the same events gives the same state', () => {
    const events: ModelEvent[] = [];
    let state = EMPTY_REGISTRY;
    for (const command of [...READY, promote(V2), register(V3), reject(V3)]) {
      const event = eventOf(state, command);
      events.push(event, { ...event, event_id: 'sent twice' });
      state = evolve(state, event).state;
    }
    expect(events.reduce((folded, event) => evolve(folded, event).state, EMPTY_REGISTRY)).toEqual(state);
  });
});
