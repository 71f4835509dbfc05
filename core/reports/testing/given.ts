import { periodOf } from '../period.ts';
import type { Answer, PerformanceFact, ReportFacts } from '../facts.ts';

const DAY_MS = 86_400_000;
const START_MS = Date.UTC(2026, 10, 20);

let asked = 0;
function answer<R>(about: string, rows: readonly R[]): Answer<R> {
  return { name: `Q${++asked}`, about, sql: `SELECT '${about}'`, rows };
}

function cohort(month: number, auc: number | null): PerformanceFact {
  return {
    version: '1.0.0',
    role: 'production',
    size: 'P1M',
    startMs: Date.UTC(2026, month, 1),
    endMs: Date.UTC(2026, month + 1, 1),
    labels: 1_200,
    unknown: 14,
    conversions: 130,
    expected: 101.5,
    auc,
    aucLow: auc === null ? null : auc - 0.04,
    aucHigh: auc === null ? null : auc + 0.04,
    estimatedAuc: 0.79,
    brier: 0.091,
    lift: 3.1,
    revenuePerLead: 12.4,
    closeTimeMs: 4.5 * DAY_MS,
    ratio: 1.28,
    ratioLow: 1.08,
    ratioHigh: 1.5,
  };
}

/** A day on which something of everything happened; names and messages try to break out of what they stand in. */
export function busyDay(): ReportFacts {
  asked = 0;
  const period = periodOf('daily', { year: 2026, month: 11, day: 20 }, 'UTC');
  const scope = {
    model: 'bank-leads',
    period,
    clock: 'wall',
    writtenAtMs: START_MS + 30 * 3_600_000,
  } as const;
  return { scope, ...whatScored(), ...whatWasSeen(), ...whatBecame(), ...whatWasDecided() };
}

type Part<K extends keyof ReportFacts> = Pick<ReportFacts, K>;

function whatScored(): Part<
  'versions' | 'overTime' | 'service' | 'deadLetters' | 'cost' | 'bands' | 'scores'
> {
  const events = { firstEventMs: START_MS, lastEventMs: START_MS + DAY_MS - 1 };
  return {
    versions: answer('versions that scored', [
      { version: '1.0.0', role: 'production', leads: 4_100, meanScore: 0.0834, ...events },
      { version: '1.1.0', role: 'shadow', leads: 4_098, meanScore: 0.1121, ...events },
    ]),
    overTime: answer(
      'leads over time',
      Array.from({ length: 24 }, (_, i) => ({
        startMs: START_MS + i * 3_600_000,
        leads: Math.round(170 + 120 * Math.sin(i / 4)),
      })),
    ),
    service: answer('latency from lead to score', [{ leads: 4_100, p50Ms: 13, p95Ms: 84, p99Ms: 1_240 }]),
    deadLetters: answer('dead letters', [{ code: 'value.malformed', count: 3 }]),
    cost: answer('cost of the machines', [{ currency: 'EUR', cost: 0.82, scored: 4_100 }]),
    bands: answer('bands beside the reference', [
      { label: 'A', leads: 300, reference: 500 },
      { label: 'B', leads: 1_500, reference: 3_500 },
      { label: 'C', leads: 2_300, reference: 6_000 },
    ]),
    scores: answer('scores beside the reference', [
      { label: '≤ 0.03', leads: 1_500, reference: 5_000 },
      { label: '> 0.03', leads: 2_600, reference: 5_000 },
    ]),
  };
}

function whatWasSeen(): Part<'drift' | 'verdicts' | 'alerts'> {
  return {
    drift: answer('the worst window of each subject', [
      driftOf({ subject: 'euribor3m', value: 0.74, detail: "largest shift: '<b>low</b>' from 12 % to 61 %" }),
      driftOf({ subject: 'age', value: 0.11, verdict: 'ok', drifted: 0 }),
      driftOf({
        signal: 'missing_rate',
        subject: 'job',
        statistic: 'share_difference',
        value: 0.08,
        threshold: 0.05,
      }),
    ]),
    verdicts: answer('windows by verdict', [
      { size: 'P1D', verdict: 'drifted', windows: 1 },
      { size: 'PT1H', verdict: 'insufficient_data', windows: 9 },
    ]),
    alerts: answer('alerts that fired or resolved', [
      alertOf({ severity: 'warning', message: 'job is missing | at another rate' }),
      alertOf({ severity: 'critical', message: 'euribor3m has <script>drifted</script>.' }),
      alertOf({ isSilenced: true }),
      alertOf({ state: 'resolved', severity: 'warning', signal: 'latency', runbook: 'javascript:alert(1)' }),
    ]),
  };
}

function whatBecame(): Part<'performance' | 'business'> {
  return {
    performance: answer('mature cohorts', [cohort(7, 0.81), cohort(8, 0.78), cohort(9, null)]),
    business: answer('conversion by band', [
      { band: 'A', leads: 120, conversion: 0.31, low: 0.23, high: 0.4 },
      { band: 'B', leads: 480, conversion: 0.12, low: 0.093, high: 0.15 },
      { band: 'C', leads: 600, conversion: 0.05, low: 0.035, high: 0.071 },
    ]),
  };
}

function whatWasDecided(): Part<'candidates' | 'rollouts' | 'retraining'> {
  return {
    candidates: answer('candidates beside production', [
      {
        candidate: 'bank-leads@1.1.0',
        pairs: 4_098,
        production: 4_100,
        meanDifference: 0.0287,
        maxDifference: 0.61,
        bandFlips: 900,
      },
    ]),
    rollouts: answer('decisions about rollouts', [
      {
        id: 'bank-leads-1.1.0-20261120',
        type: 'rolled_back',
        share: 0,
        actor: 'controller',
        reason: 'error rate 4 %',
        atMs: START_MS + 3_600_000,
      },
    ]),
    retraining: answer('trainings asked for', [
      {
        id: 'bank-leads-3',
        mode: 'suggestion',
        requestedBy: 'policy',
        version: '1.0.0',
        details: ['AUC 0.741 on 1,200 labelled leads, limit 0.75', '5,210 labels'],
        atMs: START_MS + 7_200_000,
      },
    ]),
  };
}

/** A day of which nothing is known. */
export function emptyDay(): ReportFacts {
  const busy = busyDay();
  const emptied = Object.entries(busy).map(([key, value]) =>
    key === 'scope' || value === null ? [key, value] : [key, { ...value, rows: [] }],
  );
  return Object.fromEntries(emptied) as ReportFacts;
}

type DriftFact = ReportFacts['drift']['rows'][number];
type AlertFact = ReportFacts['alerts']['rows'][number];

function driftOf(change: Partial<DriftFact>): DriftFact {
  return {
    signal: 'feature_drift',
    subject: 'age',
    statistic: 'psi',
    value: 0.3,
    threshold: 0.2,
    sampleSize: 4_100,
    size: 'P1D',
    startMs: START_MS,
    verdict: 'drifted',
    detail: '',
    importance: 0.2,
    judged: 3,
    drifted: 1,
    ...change,
  };
}

function alertOf(change: Partial<AlertFact>): AlertFact {
  return {
    state: 'firing',
    severity: 'warning',
    signal: 'feature_drift',
    subject: 'age',
    version: '1.0.0',
    message: 'age has drifted.',
    runbook: 'https://example.org/runbooks/feature_drift.md',
    raisedAtMs: START_MS + 1_000,
    isSilenced: false,
    ...change,
  };
}
