import assert from 'node:assert/strict';
import { untilGroupHasRead } from '../../support/until.ts';
import { untilShadowRuns } from '../actors.ts';
import type { PrintedReport } from '../scoreline.ts';
import { untilOutcomesStored, untilStored } from '../stored.ts';
import type { Facts, Teller } from '../teller.ts';
import { by, NEW } from '../versions.ts';
import type { World } from '../world.ts';

const LIVE = { name: 'live', firstYear: 2011, everyNth: 14 } as const;

/** A candidate stands beside production: live in the shadow, and over the past. */
export async function tellCandidate(teller: Teller, world: World): Promise<void> {
  const { actors, scoreline, leads, database } = world;
  teller.chapter('A candidate');

  await teller.step('1.1.0 is staged, and scores what comes from now on in the shadow', async () => {
    await actors.start('shadow', { SHADOW_FROM: new Date().toISOString() });
    await scoreline.decide(['stage', NEW, ...by('anna', 'a candidate')]);
    await untilShadowRuns(actors, [NEW]);
    const past = leads.published();
    const sent = await leads.replay(await leads.writeVariant(LIVE), { rate: 1_000, withOutcomes: true });
    await untilGroupHasRead(world.env, 'scorer');
    await untilGroupHasRead(world.env, `shadow.${NEW}`);
    await untilStored(database, { role: 'production', version: '1.0.0' }, past + sent);
    await untilStored(database, { role: 'shadow', version: '1.1.0' }, sent);
    await untilOutcomesStored(database, past + sent);
    return { 'leads while it was live': sent };
  });

  await teller.step('backtest of 1.1.0 over the past, production and live shadow untouched', async () => {
    const begun = performance.now();
    const [judged] = await scoreline.report(['backtest', NEW, '--from-beginning', '--run-id', 'story']);
    const seconds = (performance.now() - begun) / 1_000;
    assert.equal(judged?.report.coverage.pairs, leads.published());
    return { 'seconds, the report included': Math.round(seconds), ...describeGate(judged) };
  });

  await teller.step('shadow report and gate: the live candidate and its backtest side by side', async () => {
    const judged = await scoreline.report(['shadow', 'report', '--candidate', NEW, '--run', 'story']);
    const [live, past] = judged;
    for (const side of [live, past]) {
      assert.equal(side?.report.coverage.share, 1);
      assert.equal(side.gate.state, 'pass', describeOpen(side));
    }
    return { ...prefix('live', describeGate(live)), ...prefix('past', describeGate(past)) };
  });
}

function prefix(word: string, facts: Facts): Facts {
  return Object.fromEntries(Object.entries(facts).map(([what, value]) => [`${word}, ${what}`, value]));
}

function describeGate(judged: PrintedReport | undefined): Facts {
  assert.ok(judged, 'there is no report');
  const improvement = judged.gate.conditions.find(({ name }) => name === 'improvement');
  return {
    gate: judged.gate.state,
    pairs: judged.report.coverage.pairs,
    'labels known': judged.report.labels.labelled,
    improvement: improvement?.detail ?? 'none',
  };
}

/** What of a gate does not pass, in words. */
export function describeOpen({ gate }: PrintedReport): string {
  const open = gate.conditions.filter(({ state }) => state !== 'pass');
  return open.map(({ name, state, detail }) => `${name}: ${state} (${detail})`).join('; ');
}
