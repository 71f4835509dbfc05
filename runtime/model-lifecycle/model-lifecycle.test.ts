import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest';
import { type TinyPackage, writeTinyPackage } from '../testing/tiny-package.ts';
import type { LifecycleOutcome } from './outcome.ts';
import { type LifecycleRoom, openLifecycleRoom, ROOM_NOW_MS } from './testing/lifecycle-room.ts';

const REF = 'tiny@1.0.0';
const anna = { actor: 'anna', reason: 'because' };
const PASSED = { known: true, passes: true, evidence: '{"state":"pass"}', summary: 'all pass' } as const;
const FAILED = {
  known: true,
  passes: false,
  evidence: '{"state":"fail"}',
  summary: 'coverage fails',
} as const;

const LEADS = {
  type: 'record',
  name: 'Lead',
  fields: [
    { name: 'lead_id', type: 'string' },
    { name: 'event_id', type: 'string' },
    { name: 'created_at', type: { type: 'long', logicalType: 'timestamp-millis' } },
    { name: 'size', type: ['null', 'double'], default: null },
    { name: 'color', type: ['null', 'string'], default: null },
    { name: 'active', type: ['null', 'boolean'], default: null },
  ],
};

let room: LifecycleRoom;

beforeEach(async () => {
  room = await openLifecycleRoom();
  room.setLeadSchema(JSON.stringify(LEADS));
});

afterEach(() => room.close());

async function write(change?: (parts: TinyPackage) => void): Promise<string> {
  const pkg = await writeTinyPackage(change);
  onTestFinished(() => pkg.remove());
  return pkg.dir;
}

async function push(change?: (parts: TinyPackage) => void): Promise<LifecycleOutcome> {
  return room.lifecycle.push({ dir: await write(change) }, anna);
}

/** Pushed, and in Staging. */
async function stage(policy?: object): Promise<void> {
  const dir = await write();
  if (policy !== undefined) await writeFile(join(dir, '..', 'policy.json'), JSON.stringify(policy));
  await room.lifecycle.push({ dir }, anna);
  await room.lifecycle.execute({ type: 'stage', ref: REF, ...anna });
}

describe('push', () => {
  test('puts the package into the store and registers it with its hash', async () => {
    expect(await push()).toMatchObject({ ok: true, changed: true, warnings: [] });
    const artifact = room.projection.state().versions.get(REF)?.artifact;
    expect(artifact?.uri).toBe('tiny/1.0.0');
    expect(await room.store.fetch(artifact!.uri, artifact!.manifest_sha256)).toContain('tiny/1.0.0');
  });

  test('the same bytes again are nothing; other bytes are refused before the store is touched', async () => {
    await push();
    expect(await push()).toMatchObject({ ok: true, changed: false });
    const other = await push(({ manifest }) => {
      manifest.description = 'another one';
    });
    expect(other).toMatchObject({ ok: false, code: 'version.other_bytes' });
    expect(room.projection.state().revision).toBe(1);
  });

  test('a package that no service would load is refused, with what is wrong', async () => {
    const refused = await push(({ golden }) => {
      golden.rows[0]!.score = 9;
    });
    expect(refused).toMatchObject({ ok: false, code: 'package.refused', problems: [{ code: 'golden.off' }] });
    expect(room.projection.state().revision).toBe(0);
  });

  test('one that does not fit the newest schema of leads is refused, with every field', async () => {
    room.setLeadSchema(JSON.stringify({ ...LEADS, fields: LEADS.fields.slice(0, 4) }));
    const refused = await push();
    expect(refused).toMatchObject({ ok: false, code: 'contract.broken' });
    const fields = refused.ok ? [] : refused.problems.map(({ code }) => code);
    expect(fields).toEqual(['contract.missing_field', 'contract.missing_field']);
  });

  test('without a schema of leads it is said that the contract was not checked', async () => {
    room.setLeadSchema(undefined);
    expect(await push()).toMatchObject({
      ok: true,
      warnings: [expect.stringContaining('no schema is registered')],
    });
  });

  test('a package that is in the store already is registered by its hash', async () => {
    const dir = await write();
    const put = await room.store.put(dir, { model: 'tiny', version: '1.0.0' });
    const stored = put.ok ? put.stored : { uri: '', manifestSha256: '' };
    expect(await room.lifecycle.push({ stored }, anna)).toMatchObject({ ok: true, changed: true });
    const wrong = { ...stored, manifestSha256: 'f'.repeat(64) };
    expect(await room.lifecycle.push({ stored: wrong }, anna)).toMatchObject({
      ok: false,
      code: expect.stringMatching(/^artifact\./),
    });
  });
});

describe('towards leads', () => {
  test('an approval and a promotion carry what the gate said, and warn where it does not pass', async () => {
    await stage();
    room.setGate(FAILED);
    const approved = await room.lifecycle.execute({ type: 'approve', ref: REF, ...anna });
    expect(approved).toMatchObject({ ok: true, warnings: ['the gate does not pass: coverage fails'] });
    room.setGate(PASSED);
    expect(await room.lifecycle.execute({ type: 'promote', ref: REF, ...anna })).toMatchObject({
      ok: true,
      warnings: [],
      state: { production: REF },
    });
    expect(room.projection.state().versions.get(REF)?.approvals[0]?.evidence).toBe(FAILED.evidence);
  });

  test('a promotion soon after goes by the evidence of the approval, and says so; a gate that failed is told', async () => {
    await stage();
    const evidence = JSON.stringify({
      candidate: { model: 'tiny', version: '1.0.0' },
      production: null,
      state: 'fail',
      conditions: [{ name: 'coverage', state: 'fail' }],
      evaluated_at_ms: ROOM_NOW_MS - 240_000,
    });
    room.setGate({ ...FAILED, evidence });
    await room.lifecycle.execute({ type: 'approve', ref: REF, ...anna });
    const written: (string | null | undefined)[] = [];
    room.projection.onVerdict(({ event }) => void written.push(event?.evidence));
    expect(await room.lifecycle.execute({ type: 'promote', ref: REF, ...anna })).toMatchObject({
      ok: true,
      message: expect.stringContaining("evidence: that of anna's approval, 4 min old"),
      warnings: ['the gate did not pass when it was approved: coverage'],
      state: { production: REF },
    });
    expect(room.gateAsked()).toBe(1);
    expect(written).toEqual([evidence]);
  });

  test('a passed gate is no approval where the policy wants a person, and is not even asked', async () => {
    await stage();
    room.setGate(PASSED);
    expect(await room.lifecycle.execute({ type: 'promote', ref: REF, ...anna })).toMatchObject({
      ok: false,
      code: 'approval.missing',
    });
    expect(room.gateAsked()).toBe(0);
  });

  test('where the policy says automatic, a passed gate approves, on record', async () => {
    await stage({ approval: 'automatic' });
    room.setGate(FAILED);
    expect(await room.lifecycle.execute({ type: 'promote', ref: REF, ...anna })).toMatchObject({
      ok: false,
      code: 'approval.missing',
      message: expect.stringContaining('coverage fails'),
    });
    room.setGate(PASSED);
    const promoted = await room.lifecycle.execute({
      type: 'promote',
      ref: REF,
      ...anna,
      expectedRevision: 2,
    });
    expect(promoted).toMatchObject({ ok: true, state: { production: REF, revision: 4 } });
    expect(room.projection.state().versions.get(REF)?.approvals).toMatchObject([
      { actor: 'policy', evidence: PASSED.evidence },
    ]);
  });

  test('leads whose schema changed since stop a promotion', async () => {
    await stage();
    await room.lifecycle.execute({ type: 'approve', ref: REF, ...anna });
    room.setLeadSchema(JSON.stringify({ ...LEADS, fields: LEADS.fields.slice(0, 5) }));
    expect(await room.lifecycle.execute({ type: 'promote', ref: REF, ...anna })).toMatchObject({
      ok: false,
      code: 'contract.broken',
      problems: [{ code: 'contract.missing_field' }],
    });
  });

  test('a package that can not be had stops it too, and says so', async () => {
    await push();
    const artifact = room.projection.state().versions.get(REF)?.artifact;
    const cached = await room.store.fetch(artifact!.uri, artifact!.manifest_sha256);
    await rm(room.store.location, { recursive: true });
    await rm(join(cached, '..', '..', '..'), { recursive: true });
    await mkdir(room.store.location);
    expect(await room.lifecycle.execute({ type: 'stage', ref: REF, ...anna })).toMatchObject({
      ok: false,
      code: 'artifact.missing',
    });
  });

  test('what takes a version away from leads asks for no package', async () => {
    await stage();
    await rm(room.store.location, { recursive: true });
    expect(await room.lifecycle.execute({ type: 'reject', ref: REF, ...anna })).toMatchObject({ ok: true });
  });
});
