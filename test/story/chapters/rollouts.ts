import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { exactlyOnce, judge } from '../../support/judge-stream.ts';
import { untilGroupHasRead } from '../../support/until.ts';
import { refOf } from '../../support/version-runs.ts';
import { type ActorName, untilShadowRuns } from '../actors.ts';
import { findRollout, type ToldRollout, untilNoRollout, untilStatus, writeQuickPolicy } from '../rollouts.ts';
import { type CanaryPackages, writeCanaryPackages } from '../sabotage/candidates.ts';
import type { Facts, Teller } from '../teller.ts';
import { by, LAST, MODELS, NEW } from '../versions.ts';
import type { World } from '../world.ts';

const LEADS_PER_SECOND = 400;
const FEW_LEADS_PER_SECOND = 4;
/** How soon production scores every lead again, on every instance. */
const BACK_WITHIN_MS = 2_000;
const LONGEST_PAUSE_MS = 2_000;
const VICTIMS: readonly ActorName[] = ['controller', 'scorer A', 'scorer B', 'drift'];

/** Canaries: what is bad comes back by itself, what is thin waits for a person, what is healthy walks to Production. */
export async function tellRollouts(teller: Teller, world: World, random: () => number): Promise<void> {
  const { actors, scoreline, leads } = world;
  teller.chapter('Canaries');
  let packages: CanaryPackages | undefined;

  await teller.step(
    'a version without an approval gets no lead; the controller takes its place',
    async () => {
      packages = await writeCanaryPackages(join(MODELS, 'bank-leads/1.1.0'), join(world.folder, 'canaries'));
      // Versions that are staged from here on have nothing of the past to catch up with.
      await actors.stop('shadow');
      await actors.start('shadow', { SHADOW_FROM: new Date().toISOString() });
      await actors.start('controller');
      await actors.untilReady('controller');
      for (const dir of Object.values(packages) as string[])
        await scoreline.decide(['push', dir, ...by('anna', 'to be tried on leads')]);
      await writeQuickPolicy(world);
      await scoreline.decide(['stage', LAST, ...by('anna', 'to be tried on leads')]);
      return {
        told: await scoreline.refuseRollout(['start', LAST, ...by('anna', 'try it')], 'approval.missing'),
      };
    },
  );

  await tellBad(teller, world, {
    name: 'a slow one comes back by itself',
    dir: () => packages?.slow,
    check: 'latency',
    firstYear: 2012,
  });
  await tellBad(teller, world, {
    name: 'one that fails for some leads comes back, and production has scored those leads',
    dir: () => packages?.nan,
    check: 'error_rate',
    firstYear: 2013,
  });
  await tellBad(teller, world, {
    name: 'one with inverted scores comes back once outcomes show it',
    dir: () => packages?.inverted,
    check: 'kpi',
    firstYear: 2015,
  });

  await teller.step('a thin one pauses for a person, who ends it', async () => {
    await writeQuickPolicy(world, { patience: 'PT4S' });
    await approve(world, LAST);
    const id = await scoreline.startRollout([LAST, ...by('anna', 'try it')]);
    const file = await leads.writeVariant({ name: 'thin', firstYear: 2016, everyNth: 20 });
    const load = leads.startLoad(file, FEW_LEADS_PER_SECOND, true);
    const paused = await untilStatus(actors, id, 'paused');
    const sent = await load.stop();
    assert.equal(paused.share, 0.2);
    await scoreline.decideRollout(['abort', id, ...by('bruno', 'too few leads to tell')]);
    await untilNoRollout(actors);
    return { leads: sent, because: paused.decisions.at(-1)?.reason ?? '' };
  });

  let walked: ToldRollout | undefined;
  await teller.step(
    'a healthy one walks to Production, while controller, scorers and drift are killed',
    async () => {
      await writeQuickPolicy(world);
      const id = await scoreline.startRollout([LAST, ...by('anna', 'once more')]);
      const file = await leads.writeVariant({ name: 'walk', firstYear: 2018, everyNth: 5 });
      const load = leads.startLoad(file, LEADS_PER_SECOND, true);
      const order = VICTIMS.map((name) => ({ name, afterMs: random() * VICTIMS.length * LONGEST_PAUSE_MS }));
      await Promise.all(
        order.map(async ({ name, afterMs }) => {
          await delay(afterMs);
          await actors.kill(name);
          await delay(random() * LONGEST_PAUSE_MS);
          await actors.start(name);
        }),
      );
      walked = await untilStatus(actors, id, 'completed', 240_000);
      const sent = await load.stop();
      await actors.untilReady(...VICTIMS);
      const { production } = await scoreline.list();
      assert.equal(production, LAST);
      return {
        'leads meanwhile': sent,
        killed: order
          .map(({ name, afterMs }) => `${name} after ${(afterMs / 1_000).toFixed(1)} s`)
          .join(', '),
        path: pathOf(walked),
      };
    },
  );

  await teller.step('an independent reader: each lead scored once, none back from the canary', () => {
    assert.ok(walked);
    return judgeWalk(world, walked);
  });
}

interface BadCanary {
  readonly name: string;
  readonly dir: () => string | undefined;
  /** The guardrail that finds it out. */
  readonly check: string;
  /** Before the years that the story has come to: outcomes have had their time as soon as they come. */
  readonly firstYear: number;
}

/** A canary that a guardrail takes back; afterwards production scores every lead. */
async function tellBad(
  teller: Teller,
  world: World,
  { name, dir, check, firstYear }: BadCanary,
): Promise<void> {
  const { actors, scoreline, leads } = world;
  await teller.step(name, async () => {
    const version = basename(dir() ?? '');
    const ref = `bank-leads@${version}`;
    await scoreline.decide(['stage', ref, ...by('anna', 'to be tried on leads')]);
    await approve(world, ref);
    await untilShadowRuns(actors, [LAST, ref]);
    const file = await leads.writeVariant({ name: version, firstYear, everyNth: 3 });
    const load = leads.startLoad(file, LEADS_PER_SECOND, true);
    const id = await scoreline.startRollout([ref, ...by('anna', 'try it')]);
    const freeing = untilStatus(actors, id, 'rolled_back').then(() => untilNoRollout(actors));
    const freeAtMs = await freeing;
    const sent = await load.stop();
    const end = (await findRollout(actors, id))?.decisions.at(-1);
    assert.ok(end);
    assert.ok(end.reason.includes(`${check} of ${ref}`), `rolled back for another reason: ${end.reason}`);
    const tookMs = freeAtMs - Date.parse(end.at);
    assert.ok(tookMs <= BACK_WITHIN_MS, `the last scorer was back ${tookMs} ms after the decision`);
    await scoreline.decide(['reject', ref, ...by('bruno', 'it was taken back')]);
    return { leads: sent, because: end.reason, 'ms until every scorer was back': tookMs };
  });
}

async function approve({ scoreline }: World, ref: string): Promise<void> {
  await scoreline.decide(['approve', ref, ...by('bruno', 'a canary will tell')]);
}

function pathOf({ decisions }: ToldRollout): string {
  return decisions.map(({ type, share }) => `${type} ${100 * share} %`).join(', ');
}

async function judgeWalk({ env, leads }: World, { id }: ToldRollout): Promise<Facts> {
  await untilGroupHasRead(env, 'scorer');
  const scores: LeadScored[] = [];
  const verdict = await judge(env, { onScore: (score) => void scores.push(score) });
  const topic = `${env.TOPIC_PREFIX}lead-scores`;
  const { latencyMs: _, ...found } = verdict.byTopic.get(topic) ?? { latencyMs: undefined };
  assert.deepEqual(found, exactlyOnce(topic, leads.published()));
  const fellBack = scores.filter((score) => score.fallback_from !== null);
  assert.ok(fellBack.length > 0);
  assert.deepEqual(new Set(fellBack.map(({ role }) => role)), new Set(['production']));
  const walk = scores.filter(({ lead_id: lead }) => lead.startsWith('walk-'));
  assert.deepEqual(listLeavers(walk), []);
  const ofExperiment = walk.filter((score) => score.experiment_id === id);
  return {
    'leads so far': verdict.leads,
    'scored while the rollout assigned': ofExperiment.length,
    'by the canary': ofExperiment.filter(({ role }) => role === 'canary').length,
    'by production in its place': fellBack.length,
    'went back to the version before': 0,
  };
}

/** Leads that the version before scored after the new one had. */
function listLeavers(scores: readonly LeadScored[]): string[] {
  const reached = new Set<string>();
  const leavers: string[] = [];
  for (const score of scores.toSorted((a, b) => a.source.offset - b.source.offset)) {
    if (refOf(score) === LAST) reached.add(score.lead_id);
    else if (refOf(score) === NEW && reached.has(score.lead_id)) leavers.push(score.lead_id);
  }
  return leavers;
}
