import assert from 'node:assert/strict';
import type { LeadScored } from '@scoreline/core/contracts/lead-scored.ts';
import { quantile } from '../../judge/quantile.ts';
import { exactlyOnce, judge } from '../../support/judge-stream.ts';
import { until, untilGroupHasRead } from '../../support/until.ts';
import { isStale, refOf, type Switch, versionsByPartition } from '../../support/version-runs.ts';
import { SCORERS, type ScorerHealth, untilScoringWith } from '../actors.ts';
import type { Load } from '../leads.ts';
import type { Facts, Teller } from '../teller.ts';
import { by, NEW, OLD } from '../versions.ts';
import type { World } from '../world.ts';

const LOAD = { name: 'load', firstYear: 2014, everyNth: 1 } as const;
const LEADS_PER_SECOND = 2_000;
/** Leads before a decision, between two, and after the last. */
const SPAN = 5 * LEADS_PER_SECOND;
/** How soon every instance scores with the version that a rollback leads to. */
const SWITCHED_WITHIN_MS = 2_000;
/** A decision counts as under way from this long before it was written. */
const BEFORE_MS = 500;

/** What is measured while decisions are taken under load. */
interface Measured {
  readonly startedAtMs: number;
  readonly promotion: Switch;
  readonly rollback: Switch;
}

/** The candidate takes over under load, and goes back. */
export async function tellPromotion(teller: Teller, world: World): Promise<void> {
  const { actors, scoreline, leads } = world;
  teller.chapter('Taking over under load');

  await teller.step('a promotion without an approval is refused', async () => {
    const { message } = await scoreline.refuse(
      ['promote', NEW, ...by('anna', 'it is better')],
      'approval.missing',
    );
    const health = await actors.ask<ScorerHealth>('scorer A', '/health');
    assert.equal(health?.model, OLD);
    return { told: message };
  });

  await teller.step('it is approved: who and why stay on record, with the gate as it stood', async () => {
    const { registry } = await scoreline.decide([
      'approve',
      NEW,
      ...by('bruno', 'the gate passes, live and in the past'),
    ]);
    const [approval] = registry.versions.find(({ ref }) => ref === NEW)?.approvals ?? [];
    const evidence = approval?.evidence as { readonly state?: string } | undefined;
    assert.equal(approval?.actor, 'bruno');
    assert.equal(evidence?.state, 'pass');
    return { 'approved by': approval.actor, 'the gate said': evidence.state };
  });

  let measured: Measured | undefined;
  let load: Load | undefined;
  await teller.step(
    `promoted at ${LEADS_PER_SECOND} leads/s: every scorer switches between two batches`,
    async () => {
      const file = await leads.writeVariant(LOAD);
      const startedAtMs = Date.now();
      load = leads.startLoad(file, LEADS_PER_SECOND);
      await untilSent(load, SPAN);
      const { switched, facts } = await decideAndWatch(
        world,
        ['promote', NEW, ...by('anna', 'approved')],
        NEW,
      );
      measured = { startedAtMs, promotion: switched, rollback: switched };
      return facts;
    },
  );

  await teller.step('rolled back: every scorer is back within two seconds', async () => {
    assert.ok(measured && load);
    await untilSent(load, SPAN);
    const { switched, tookMs, facts } = await decideAndWatch(
      world,
      ['rollback', ...by('bruno', 'second thoughts')],
      OLD,
    );
    measured = { ...measured, rollback: switched };
    assert.ok(tookMs <= SWITCHED_WITHIN_MS, `the last scorer was back ${tookMs} ms after the decision`);
    await untilSent(load, SPAN / 2);
    await load.stop();
    return facts;
  });

  await teller.step('an independent reader: each lead scored once, no partition back and forth', async () => {
    assert.ok(measured);
    await untilGroupHasRead(world.env, 'scorer');
    return judgeLoad(world, measured);
  });
}

async function untilSent(load: Load, more: number): Promise<void> {
  const wanted = load.sent() + more;
  await until(async () => load.sent() >= wanted, 120_000, `${more} leads were not sent`);
}

/** Decides, and looks when every scorer has switched: it is looked at from before the decision on. */
async function decideAndWatch(
  { actors, scoreline }: World,
  args: readonly string[],
  ref: Switch['ref'],
): Promise<{ readonly switched: Switch; readonly tookMs: number; readonly facts: Facts }> {
  const begunAtMs = Date.now();
  const watching = untilScoringWith(actors, ref, 60_000);
  const [{ decidedAtMs }, switchedAtMs] = await Promise.all([scoreline.decide(args), watching]);
  const tookMs = switchedAtMs - decidedAtMs;
  return {
    switched: { decidedAtMs, ref },
    tookMs,
    facts: {
      'ms from the command to the decision': decidedAtMs - begunAtMs,
      'ms from the decision to the last scorer': tookMs,
      scorers: SCORERS.length,
    },
  };
}

async function judgeLoad(
  { env, leads }: World,
  { startedAtMs, promotion, rollback }: Measured,
): Promise<Facts> {
  const scores: LeadScored[] = [];
  const waits: { readonly atMs: number; readonly latencyMs: number }[] = [];
  const verdict = await judge(env, {
    onScore: (score, record) => {
      scores.push(score);
      waits.push({ atMs: score.source.timestamp, latencyMs: record.timestamp - score.source.timestamp });
    },
  });
  const topic = `${env.TOPIC_PREFIX}lead-scores`;
  const { latencyMs: _, ...found } = verdict.byTopic.get(topic) ?? { latencyMs: undefined };
  assert.deepEqual(found, exactlyOnce(topic, leads.published()));
  const stale = scores.filter((score) => isStale(score, [rollback], SWITCHED_WITHIN_MS));
  assert.equal(stale.length, 0, `scored with a version that had gone: ${stale.length}`);
  for (const versions of versionsByPartition(scores)) assert.deepEqual(versions, [OLD, NEW, OLD]);
  const p99 = (fromMs: number, toMs: number): number => {
    const between = waits.filter(({ atMs }) => atMs >= fromMs && atMs < toMs);
    return quantile(Float64Array.from(between, ({ latencyMs }) => latencyMs).sort(), 0.99);
  };
  const [promoted, rolledBack] = [promotion.decidedAtMs, rollback.decidedAtMs];
  const ofLoad = scores.filter(({ source }) => source.timestamp >= startedAtMs);
  const lastMs = ofLoad.reduce((last, { source }) => Math.max(last, source.timestamp), startedAtMs);
  return {
    'leads so far': verdict.leads,
    'leads/s of the load': Math.round((1_000 * ofLoad.length) / (lastMs - startedAtMs)),
    'scored by 1.1.0': scores.filter((score) => refOf(score) === NEW).length,
    'p99 ms before': p99(startedAtMs, promoted - BEFORE_MS),
    'p99 ms during the promotion': p99(promoted - BEFORE_MS, promoted + SWITCHED_WITHIN_MS),
    'p99 ms between': p99(promoted + SWITCHED_WITHIN_MS, rolledBack - BEFORE_MS),
    'p99 ms during the rollback': p99(rolledBack - BEFORE_MS, rolledBack + SWITCHED_WITHIN_MS),
    'p99 ms after': p99(rolledBack + SWITCHED_WITHIN_MS, Infinity),
  };
}
