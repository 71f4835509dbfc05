import assert from 'node:assert/strict';
import { basename, join } from 'node:path';
import type { ConditionName } from '@scoreline/core/gate/condition.ts';
import { untilGroupHasRead } from '../../support/until.ts';
import { type ShadowHealth, untilShadowRuns } from '../actors.ts';
import { MOST_AGE, type SabotagedPackages, writeSabotagedPackages } from '../sabotage/candidates.ts';
import type { PrintedReport } from '../scoreline.ts';
import { untilOutcomesStored, untilStored } from '../stored.ts';
import type { Facts, Teller } from '../teller.ts';
import { by, MODELS } from '../versions.ts';
import type { World } from '../world.ts';
import { describeOpen } from './candidate.ts';
import { tellForcedModel } from './forced-model.ts';

const TRIAL = { name: 'trial', firstYear: 2017, everyNth: 20 } as const;
const INVERTED = 'bank-leads@1.2.0-inverted';
const SLOW = 'bank-leads@1.2.0-slow';
const NAN = 'bank-leads@1.2.0-nan';
const STAGED = [SLOW, INVERTED, NAN] as const;

/** Candidates that something is wrong with, and what becomes of each. */
export async function tellSabotage(teller: Teller, world: World): Promise<void> {
  const { actors, scoreline, leads, database } = world;
  teller.chapter('Candidates that something is wrong with');
  const base = join(MODELS, 'bank-leads/1.1.0');
  let packages: SabotagedPackages | undefined;

  await teller.step(
    'one that crashes on load, and one that is not what its golden rows say: refused at the push',
    async () => {
      packages = await writeSabotagedPackages(base, join(world.folder, 'sabotage'));
      const crashing = await refuseAtPush(world, packages.crashing, 'model.unreadable');
      const swapped = await refuseAtPush(world, packages.swapped, 'golden.off');
      return { 'crashes on load': crashing, 'scores swapped after training': swapped };
    },
  );

  await tellForcedModel(teller, world, () => packages?.crashing ?? '');

  await teller.step(
    'a slow one, one with inverted scores, one with NaN for some: into the shadow, side by side',
    async () => {
      assert.ok(packages);
      await actors.stop('shadow');
      await actors.start('shadow', { SHADOW_FROM: new Date().toISOString() });
      for (const dir of [packages.slow, packages.inverted, packages.nan]) {
        await scoreline.decide(['push', dir, ...by('anna', 'a try')]);
        await scoreline.decide(['stage', `bank-leads@${basename(dir)}`, ...by('anna', 'a try')]);
      }
      await untilShadowRuns(actors, STAGED);
      return { candidates: STAGED.length };
    },
  );

  let sent = 0;
  await teller.step('leads of 26 months: production scores them as ever', async () => {
    const before = leads.published();
    sent = await leads.replay(await leads.writeVariant(TRIAL), { rate: 0, withOutcomes: true });
    await untilGroupHasRead(world.env, 'scorer');
    for (const ref of STAGED) await untilGroupHasRead(world.env, `shadow.${ref}`, 180_000);
    await untilStored(database, { role: 'production' }, before + sent);
    for (const version of ['1.2.0-slow', '1.2.0-inverted'])
      await untilStored(database, { role: 'shadow', version }, sent);
    await untilOutcomesStored(database, sent);
    return { leads: sent, ...(await countDeadLetters(world)) };
  });

  await teller.step('the gate fails each by what is wrong with it', async () => {
    const judged = await scoreline.report([
      'shadow',
      'report',
      ...STAGED.flatMap((ref) => ['--candidate', ref]),
    ]);
    const [slow, inverted, nan] = judged;
    assert.ok(slow && inverted && nan);
    assert.equal(slow.report.coverage.pairs, sent);
    return {
      ...failedBy(SLOW, slow, ['inference']),
      ...failedBy(INVERTED, inverted, ['improvement']),
      ...failedBy(NAN, nan, ['not_a_number', 'failures', 'coverage']),
    };
  });

  await teller.step('none of them comes to Production; each is rejected for good', async () => {
    for (const ref of STAGED) {
      await scoreline.refuse(['promote', ref, ...by('anna', 'try it')], 'approval.missing');
      await scoreline.decide(['reject', ref, ...by('bruno', 'the gate fails it')]);
    }
    await scoreline.refuse(['stage', NAN, ...by('anna', 'once more')], 'stage.illegal');
    await untilShadowRuns(actors, []);
    const health = await actors.ask<ShadowHealth>('shadow', '/health');
    return { 'the shadow says': health?.reason ?? 'nothing' };
  });
}

/** The problem that it is refused for, in words. */
async function refuseAtPush({ scoreline }: World, dir: string, problem: string): Promise<string> {
  const refusal = await scoreline.refuse(['push', dir, ...by('anna', 'a try')], 'package.refused');
  const found = refusal.problems.find(({ code }) => code === problem);
  assert.ok(
    found,
    `${dir} was refused for ${refusal.problems.map(({ code }) => code).join()}, not ${problem}`,
  );
  return found.message;
}

/** Throws unless the gate fails, and by these conditions at least. */
function failedBy(ref: string, judged: PrintedReport, names: readonly ConditionName[]): Facts {
  const failed = judged.gate.conditions.filter(({ state }) => state === 'fail');
  assert.equal(judged.gate.state, 'fail', `${ref}: ${describeOpen(judged)}`);
  for (const name of names)
    assert.ok(
      failed.some((condition) => condition.name === name),
      `${ref} does not fail by ${name}: ${describeOpen(judged)}`,
    );
  const told = failed.filter(({ name }) => names.includes(name));
  return { [ref]: told.map(({ name, detail }) => `${name.replaceAll('_', ' ')}: ${detail}`).join('; ') };
}

interface DeadLetters {
  readonly role: string;
  readonly version: string;
  readonly code: string;
  readonly count: number;
}

/** Only the candidate that gives NaN may have any. */
async function countDeadLetters({ database }: World): Promise<Facts> {
  const found = await database.query<DeadLetters>(`
    SELECT role, model_version AS version, error_code AS code, uniqExact(source_partition, source_offset) AS count
    FROM dead_letters GROUP BY role, version, code`);
  const [nan, ...others] = found;
  assert.deepEqual(others, []);
  assert.ok(nan, 'there is no dead letter at all');
  assert.deepEqual([nan.role, nan.version, nan.code], ['shadow', '1.2.0-nan', 'model.not_finite']);
  return { [`dead letters, all of the NaN candidate (leads older than ${MOST_AGE})`]: nan.count };
}
