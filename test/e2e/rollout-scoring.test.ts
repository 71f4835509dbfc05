import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { splitVersionRef, type VersionRef } from '@scoreline/core/registry/version-ref.ts';
import { bucketOf } from '@scoreline/core/rollout/bucket.ts';
import type { RolloutCommand } from '@scoreline/core/rollout/command.ts';
import { CANARY_PLAN } from '@scoreline/core/rollout/testing/rollout-room.ts';
import type { ServiceProcess } from '@scoreline/infra/demo/service-process.ts';
import { createClickHouse } from '@scoreline/runtime/clickhouse/client.ts';
import { describe, expect, inject, test } from 'vitest';
import { decide, toProduction, type Undecided } from '../support/decide-models.ts';
import { type IsolatedEnv, setUpIsolatedEnv } from '../support/isolated-env.ts';
import { exactlyOnce, judge } from '../support/judge-stream.ts';
import { type LeadFlow, openLeadFlow } from '../support/lead-flow.ts';
import { openRegistryRoom } from '../support/registry-room.ts';
import { openRolloutRoom, type RolloutRoom } from '../support/rollout-room.ts';
import { until, untilGroupHasRead } from '../support/until.ts';
import { refOf } from '../support/version-runs.ts';
import { artifactOf, MODELS, runService } from './support.ts';

const OLD: VersionRef = 'bank-leads@1.0.0';
const NEW: VersionRef = 'bank-leads@1.1.0';
const BY_DECISIONS = { MODEL: '', CANDIDATE: '', MODEL_STORE: MODELS };
/** Enough that a share is met within half a point; some need more than one byte a letter. */
const LEADS = Array.from({ length: 20_000 }, (_, i) => `${i % 10 === 0 ? 'Kühl 顧客' : 'lead'}-${i}`);
/** How soon a decision holds on every instance. */
const EFFECTIVE_WITHIN_MS = 2_000;
const PLAN = {
  ...CANARY_PLAN,
  control: splitVersionRef(OLD),
  treatments: [{ ...splitVersionRef(NEW), share: 1 }],
};

/** What was scored, and when which decision had been read back. */
interface Played {
  readonly scores: readonly LeadScored[];
  readonly verdict: Awaited<ReturnType<typeof judge>>;
  readonly topic: string;
  readonly sent: number;
  readonly rolledBackAtMs: number;
  /** Of lead ids, each answered by each instance over HTTP at half the leads. */
  readonly answers: readonly { readonly lead_id: string; readonly model_version: string }[];
}

let played: Played;

/**
 * spring: a tenth, half (one of two scorers is killed), all, rolled back. autumn: started again, promoted, in Production.
 * Each phase is a round of all leads once the decision holds on both scorers; between the rounds leads flow as well.
 */
async function play(): Promise<Played> {
  const env = await setUpIsolatedEnv();
  const [registry, rollouts] = await Promise.all([openRegistryRoom(env), openRolloutRoom(env)]);
  for (const ref of [OLD, NEW]) await decide(registry, { type: 'register', ref, artifact: artifactOf(ref) });
  await toProduction(registry, OLD);
  await decide(registry, { type: 'stage', ref: NEW });
  const scorers = [
    await runService('scorer', env, BY_DECISIONS),
    await runService('scorer', env, BY_DECISIONS),
  ];
  const flow = await openLeadFlow(env, LEADS);
  const stage = { env, rollouts, scorers, flow };

  await flow.round('before');
  await playPhase(stage, 'tenth', { type: 'start', rolloutId: 'spring', plan: PLAN }, 0.1);
  await playPhase(stage, 'half', { type: 'advance', rolloutId: 'spring' }, 0.5, async () => {
    process.kill(scorers.shift()!.pid, 'SIGKILL');
    scorers.push(await runService('scorer', env, BY_DECISIONS));
  });
  const answers = await askOverHttp(scorers, LEADS.slice(0, 20));
  await playPhase(stage, 'all', { type: 'promote', rolloutId: 'spring' }, 1);
  const rolledBackAtMs = await playPhase(
    stage,
    'back',
    { type: 'roll_back', rolloutId: 'spring' },
    undefined,
  );

  await playPhase(stage, 'again', { type: 'start', rolloutId: 'autumn', plan: PLAN }, 0.1);
  await playPhase(stage, 'again all', { type: 'promote', rolloutId: 'autumn' }, 1);
  await flow.until('promoted', toProductionOf(registry));
  const registryRevision = registry.projection.state().revision;
  await playPhase(stage, 'completed', { type: 'complete', rolloutId: 'autumn', registryRevision }, undefined);

  await untilGroupHasRead(env, 'scorer');
  await Promise.all([flow.close(), registry.close(), rollouts.close()]);
  const scores: LeadScored[] = [];
  const verdict = await judge(env, { onScore: (score) => void scores.push(score) });
  scores.sort((a, b) => a.source.offset - b.source.offset);
  return {
    scores,
    verdict,
    topic: `${env.TOPIC_PREFIX}lead-scores`,
    sent: flow.sent(),
    rolledBackAtMs,
    answers,
  };
}

async function toProductionOf(registry: Awaited<ReturnType<typeof openRegistryRoom>>): Promise<void> {
  await decide(registry, { type: 'approve', ref: NEW });
  await decide(registry, { type: 'promote', ref: NEW });
}

interface Stage {
  readonly env: IsolatedEnv;
  readonly rollouts: RolloutRoom;
  readonly scorers: readonly ServiceProcess[];
  readonly flow: LeadFlow;
}

/** Decides under load, waits until every scorer goes by it, and sends each lead once more. */
async function playPhase(
  { env, rollouts, scorers, flow }: Stage,
  phase: string,
  command: Undecided<RolloutCommand>,
  share: number | undefined,
  meanwhile: () => Promise<void> = async () => {},
): Promise<number> {
  const result = await rollouts.commands.execute({ ...command, actor: 'anna', reason: 'a test' });
  expect(result).toMatchObject({ ok: true, changed: true });
  const decidedAtMs = Date.now();
  const isSo = async () => (await Promise.all(scorers.map(readShare))).every((each) => each === share);
  await flow.until(`to ${phase}`, until(isSo, EFFECTIVE_WITHIN_MS, `${phase} was not in effect`));
  await Promise.all([flow.round(phase), meanwhile()]);
  // The next decision counts for nothing that this round still has to come.
  await untilGroupHasRead(env, 'scorer');
  return decidedAtMs;
}

/** The canary's share by GET /health, once its model is in memory; undefined without a rollout. */
async function readShare({ url }: ServiceProcess): Promise<number | undefined> {
  const { rollout, rollout_problem: problem } = (await (await fetch(`${url}/health`)).json()) as {
    rollout: { treatments: { share: number }[] } | null;
    rollout_problem?: string;
  };
  return problem === undefined ? rollout?.treatments[0]?.share : NaN;
}

async function askOverHttp(scorers: readonly ServiceProcess[], leads: readonly string[]) {
  const asked = scorers.flatMap(({ url }) => leads.map((lead_id) => ({ url, lead_id })));
  return Promise.all(
    asked.map(async ({ url, lead_id }) => {
      const headers = { 'content-type': 'application/json' };
      const body = JSON.stringify({ lead_id });
      const answer = await fetch(`${url}/score-lead`, { method: 'POST', headers, body });
      return (await answer.json()) as { lead_id: string; model_version: string };
    }),
  );
}

const phaseOf = ({ event_id: id }: LeadScored): string => id.slice(0, id.indexOf('/'));
const isOf =
  (...phases: readonly string[]) =>
  (score: LeadScored) =>
    phases.includes(phaseOf(score));
/** A version that wasn't in memory yet fell back visibly; that isn't the rollout's going back. */
const isAssigned = ({ fallback_from: from }: LeadScored): boolean => from === null;

/** Leads that were scored by the old version after the new one. */
function listReturned(scores: readonly LeadScored[]): string[] {
  const byNew = new Set<string>();
  return scores.flatMap((score) => {
    if (refOf(score) === NEW) byNew.add(score.lead_id);
    return refOf(score) === OLD && byNew.has(score.lead_id) ? [`${score.lead_id} in ${phaseOf(score)}`] : [];
  });
}

describe('a rollout under load, with a scorer killed', () => {
  test('each lead has exactly one score, whichever version gave it', async () => {
    played = await play();
    expect(played.verdict).toMatchObject({ leads: played.sent, deadLetters: 0, openTransactions: 0 });
    expect(played.verdict.byTopic.get(played.topic)).toMatchObject(exactlyOnce(played.topic, played.sent));
  }, 300_000);

  test.each([
    ['tenth', 'spring', 0.1],
    ['half', 'spring', 0.5],
    ['all', 'spring', 1],
    ['again', 'autumn', 0.1],
    ['again all', 'autumn', 1],
  ])(
    '%s: every lead goes where its hash says, on every instance, within half a point of the share',
    (phase, id, share) => {
      const scores = played.scores.filter(isOf(phase)).filter(isAssigned);
      const canaries = scores.filter(({ role }) => role === 'canary');
      expect(scores.length).toBeGreaterThan(0.99 * LEADS.length);
      expect(scores.filter((score) => score.experiment_id !== id)).toEqual([]);
      expect(
        scores.filter(({ lead_id, role }) => (role === 'canary') !== bucketOf(id, lead_id) < share),
      ).toEqual([]);
      expect(new Set(canaries.map(refOf))).toEqual(new Set([NEW]));
      expect(Math.abs(canaries.length / scores.length - share)).toBeLessThan(0.005);
    },
  );

  test('no lead goes back while the share rises, nor as the canary comes to Production', () => {
    const rising = ['before', 'to tenth', 'tenth', 'to half', 'half', 'to all', 'all'];
    const promoted = [
      'to again',
      'again',
      'to again all',
      'again all',
      'promoted',
      'to completed',
      'completed',
    ];
    expect(listReturned(played.scores.filter(isOf(...rising)))).toEqual([]);
    expect(listReturned(played.scores.filter(isOf(...promoted)))).toEqual([]);
    const last = played.scores.filter(isOf('completed'));
    expect(new Set(last.map((score) => `${refOf(score)} ${score.role} ${score.experiment_id}`))).toEqual(
      new Set([`${NEW} production null`]),
    );
  });

  test('a rollback holds on every instance within two seconds', () => {
    const back = played.scores.filter(isOf('back'));
    expect(new Set(back.map((score) => `${refOf(score)} ${score.role} ${score.experiment_id}`))).toEqual(
      new Set([`${OLD} production null`]),
    );
    const late = ({ experiment_id: id, scored_at: at }: LeadScored) =>
      id === 'spring' && at > played.rolledBackAtMs + EFFECTIVE_WITHIN_MS;
    expect(played.scores.filter(late)).toEqual([]);
  });

  test('leads fell back only where the canary was not in memory yet', () => {
    const codes = new Set(played.scores.map(({ fallback_code: code }) => code));
    codes.delete(null);
    codes.delete('model.unavailable');
    expect(codes).toEqual(new Set());
  });

  test('HTTP assigns as the stream does, on each instance', () => {
    expect(played.answers).toHaveLength(40);
    for (const answer of played.answers) {
      const version = bucketOf('spring', answer.lead_id) < 0.5 ? '1.1.0' : '1.0.0';
      expect(answer).toMatchObject({ model_version: version, experiment_id: 'spring' });
    }
  });

  test('ClickHouse finds the same hash', async () => {
    const { CLICKHOUSE_URL: url } = inject('stackEnv');
    const client = createClickHouse({ url, database: 'default' });
    const ids = LEADS.slice(0, 500);
    const answer = await client.query({
      query: `SELECT murmurHash3_32(concat({experiment_id: String}, ':', lead_id)) / 4294967296 AS bucket
              FROM (SELECT arrayJoin({ids: Array(String)}) AS lead_id)`,
      query_params: { experiment_id: 'spring', ids },
      format: 'JSONEachRow',
    });
    const rows = await answer.json<{ bucket: number }>();
    await client.close();
    expect(rows.map(({ bucket }) => bucket)).toEqual(ids.map((id) => bucketOf('spring', id)));
  });
});
