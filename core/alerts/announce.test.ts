import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ScoringAlert } from '../contracts/scoring-alert.ts';
import { announce, evolveFiring, NONE_FIRING } from './announce.ts';
import { alertOf } from './testing/given.ts';

const PSI = alertOf({ statistic: 'psi' });
const KS = alertOf({ statistic: 'ks', value: 0.19 });
const DAY = alertOf({ window_size: 'P1D', value: 0.25 });
const AGE = alertOf({ subject: 'age' });
const OVERALL = alertOf({ subject: 'overall', statistic: 'share' });
const resolved = (alert: ScoringAlert): ScoringAlert => ({ ...alert, state: 'resolved' });
const critical = (alert: ScoringAlert): ScoringAlert => ({ ...alert, severity: 'critical' });

/** Decisions one after the other; what is said of each alert: `-` nothing, `!` announced, `~` silenced by. */
function tell(...decisions: readonly (readonly ScoringAlert[])[]): readonly (readonly string[])[] {
  let firing = NONE_FIRING;
  return decisions.map((changes) => {
    const records = announce(firing, changes);
    firing = evolveFiring(firing, records);
    return records.map(describeRecord);
  });
}

function describeRecord({
  subject,
  statistic,
  window_size: size,
  state,
  severity,
  silenced_by: by,
}: ScoringAlert) {
  const silencer = by === null ? '' : ` by ${by.split('/').slice(3, 5).join(' ') || by}`;
  return `${subject} ${statistic} ${size} ${state}${severity === 'warning' ? '' : ` ${severity}`}${silencer}`;
}

describe('one subject, one voice', () => {
  it('of several statistics and sizes in one window the strongest speaks', () => {
    expect(tell([KS, PSI, DAY])).toEqual([
      [
        'euribor3m ks PT1H firing by psi euribor3m',
        'euribor3m psi PT1H firing',
        'euribor3m psi P1D firing by psi euribor3m',
      ],
    ]);
    expect(tell([PSI, critical(KS)])).toEqual([
      ['euribor3m psi PT1H firing by ks euribor3m', 'euribor3m ks PT1H firing critical'],
    ]);
  });

  it('who came first speaks on, for what is no more severe', () => {
    expect(tell([KS], [PSI])[1]).toEqual(['euribor3m psi PT1H firing by ks euribor3m']);
  });

  it('other subjects, signals, versions and segments have voices of their own', () => {
    const others = [
      alertOf({ subject: 'age' }),
      alertOf({ signal: 'missing_rate' }),
      alertOf({ model_version: '1.1.0' }),
      alertOf({ segment: 'role=canary' }),
    ];
    expect(tell([PSI, ...others])[0]!.filter((line) => line.includes(' by '))).toEqual([]);
  });

  it('what is silenced and becomes more severe is announced', () => {
    expect(tell([PSI, KS], [critical(KS)])[1]).toEqual(['euribor3m ks PT1H firing critical']);
  });

  it('when the voice resolves, the strongest that fires on is announced and speaks for the others', () => {
    expect(tell([PSI, KS, DAY], [resolved(PSI)])[1]).toEqual([
      'euribor3m psi PT1H resolved',
      'euribor3m psi P1D firing',
      'euribor3m ks PT1H firing by psi euribor3m',
    ]);
  });

  it('the resolve of a silenced one is silent', () => {
    expect(tell([PSI, KS], [resolved(KS)], [resolved(PSI)])).toEqual([
      expect.anything(),
      ['euribor3m ks PT1H resolved by psi euribor3m'],
      ['euribor3m psi PT1H resolved'],
    ]);
  });
});

describe('an overall alarm', () => {
  it('speaks for its features, and not for what else is wrong', () => {
    const missing = alertOf({ signal: 'missing_rate', statistic: 'share_difference' });
    expect(tell([AGE, OVERALL, PSI, missing])[0]).toEqual([
      'age psi PT1H firing by share overall',
      'overall share PT1H firing',
      'euribor3m psi PT1H firing by share overall',
      'euribor3m share_difference PT1H firing',
    ]);
  });

  it('speaks for how features go together as well; that names none, and silences none', () => {
    const together = alertOf({ subject: 'multivariate', statistic: 'mahalanobis' });
    expect(tell([together, OVERALL])[0]).toContain('multivariate mahalanobis PT1H firing by share overall');
    expect(tell([critical(together), AGE])[0]).toEqual([
      'multivariate mahalanobis PT1H firing critical',
      'age psi PT1H firing',
    ]);
  });

  it('lets a feature speak that is more severe', () => {
    expect(tell([OVERALL, critical(AGE)])[0]).toContain('age psi PT1H firing critical');
  });

  it('takes nothing back that has been announced', () => {
    expect(tell([AGE], [OVERALL], [resolved(AGE)])).toEqual([
      ['age psi PT1H firing'],
      ['overall share PT1H firing'],
      ['age psi PT1H resolved'],
    ]);
  });

  it('leaves each feature that drifts on a voice when it resolves', () => {
    expect(tell([OVERALL, AGE, PSI, KS], [resolved(OVERALL)])[1]).toEqual([
      'overall share PT1H resolved',
      'age psi PT1H firing',
      'euribor3m psi PT1H firing',
      'euribor3m ks PT1H firing by psi euribor3m',
    ]);
  });
});

describe('what fired again within its cool-down', () => {
  const cooling = { ...PSI, silenced_by: 'cool-down' };

  it('is silent and speaks for nobody', () => {
    expect(tell([cooling, KS])).toEqual([
      ['euribor3m psi PT1H firing by cool-down', 'euribor3m ks PT1H firing'],
    ]);
    expect(tell([cooling], [resolved(cooling)])[1]).toEqual(['euribor3m psi PT1H resolved by cool-down']);
  });

  it('is announced once the decider says that it is over, unless another speaks for it', () => {
    expect(tell([cooling], [PSI])[1]).toEqual(['euribor3m psi PT1H firing']);
    expect(tell([cooling, KS], [PSI])[1]).toEqual(['euribor3m psi PT1H firing by ks euribor3m']);
  });
});

describe('whatever comes', () => {
  const all = [PSI, KS, DAY, AGE, OVERALL, alertOf({ subject: 'age', statistic: 'ks' })];
  const change = fc
    .tuple(fc.constantFrom(...all), fc.constantFrom('resolved', 'warning', 'critical', 'cool-down'))
    .map(([alert, what]): ScoringAlert => {
      if (what === 'resolved') return resolved(alert);
      return what === 'cool-down' ? { ...alert, silenced_by: what } : { ...alert, severity: what };
    });
  const decision = fc.uniqueArray(change, { minLength: 1, selector: ({ alert_id: id }) => id });
  const decisions = fc.array(decision, { maxLength: 12 });

  it('nothing is hidden: each change is published, and each subject that fires has a voice', () => {
    fc.assert(
      fc.property(decisions, (given) => {
        let firing = NONE_FIRING;
        for (const changes of given) {
          const records = announce(firing, changes);
          expect(
            records.slice(0, changes.length).map((record) => ({ ...record, silenced_by: null })),
          ).toEqual(changes.map((each) => ({ ...each, silenced_by: null })));
          firing = evolveFiring(firing, records);
          const ids = new Set(
            [...firing.values()].filter((a) => a.silenced_by === null).map((a) => a.alert_id),
          );
          for (const { silenced_by: by } of firing.values())
            expect(by === null || by === 'cool-down' || ids.has(by)).toBe(true);
        }
      }),
    );
  });

  it('the order of a decision’s changes doesn’t matter', () => {
    fc.assert(
      fc.property(decisions, (given) => {
        const run = (turn: (changes: readonly ScoringAlert[]) => readonly ScoringAlert[]) =>
          given.reduce(
            (firing, changes) => evolveFiring(firing, announce(firing, turn(changes))),
            NONE_FIRING,
          );
        expect(new Map(run((changes) => changes.toReversed()))).toEqual(new Map(run((changes) => changes)));
      }),
    );
  });
});
