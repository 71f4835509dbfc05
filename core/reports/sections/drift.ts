import type { DriftFact, ReportFacts } from '../facts.ts';
import { formatCount, formatNumber, formatShare, formatTime } from '../format.ts';
import type { Block, Section } from '../report.ts';

const MOST_SUBJECTS = 12;

/** Each subject in its worst window; first what is furthest beyond its limit, weighted by the model's importance. */
export function driftSection({ drift }: ReportFacts): Section | null {
  if (drift.rows.length === 0) return null;
  const worst = worstOfEach(drift.rows);
  const beyond = worst.filter(({ verdict }) => verdict === 'drifted');
  const shown = (beyond.length === 0 ? worst : beyond).slice(0, MOST_SUBJECTS);
  const blocks: Block[] = [
    { kind: 'notes', notes: [sayWhatDrifted(beyond, worst.length)] },
    {
      kind: 'bars',
      title: 'Effect by its limit, in the worst window',
      legend: { value: 'effect / limit', beside: null },
      mark: 1,
      bars: shown.map((row) => ({
        label: labelOf(row),
        value: row.value / row.threshold,
        beside: null,
        text: `${row.statistic} ${formatNumber(row.value)}, limit ${formatNumber(row.threshold)}`,
      })),
      queries: [drift.name],
    },
  ];
  if (beyond.length > 0) {
    blocks.push({
      kind: 'table',
      columns: ['Subject', 'Importance', 'Window', 'Leads', 'Windows drifted', 'What changed'],
      rows: shown.map((row) => [
        labelOf(row),
        row.importance === null ? '–' : formatShare(row.importance),
        `${formatTime(row.startMs)} ${row.size}`,
        formatCount(row.sampleSize),
        `${row.drifted} of ${row.judged}`,
        row.detail,
      ]),
      queries: [drift.name],
    });
  }
  return { title: 'Drift', blocks };
}

function worstOfEach(rows: readonly DriftFact[]): readonly DriftFact[] {
  const bySubject = new Map<string, DriftFact>();
  for (const row of rows.toSorted((a, b) => rank(b) - rank(a))) {
    if (!bySubject.has(labelOf(row))) bySubject.set(labelOf(row), row);
  }
  return [...bySubject.values()];
}

/** What drifted by the verdict comes before what is only large; a feature weighs as the model weighs it. */
function rank({ verdict, value, threshold, importance }: DriftFact): number {
  return (verdict === 'drifted' ? 1e6 : 0) + (value / threshold) * (importance ?? 1);
}

function labelOf({ signal, subject }: DriftFact): string {
  return signal === 'feature_drift' || signal === 'prediction_drift'
    ? subject
    : `${subject} (${signal.replace('_', ' ')})`;
}

function sayWhatDrifted(beyond: readonly DriftFact[], all: number): string {
  if (beyond.length === 0) return `None of ${all} subjects drifted in a window that was judged.`;
  const named = beyond.slice(0, 3).map(labelOf).join(', ');
  return `${beyond.length} of ${all} subjects drifted. To look at first: ${named}.`;
}
