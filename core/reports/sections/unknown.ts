import type { ReportFacts } from '../facts.ts';
import { formatMany } from '../format.ts';
import type { Section } from '../report.ts';

/** What this report can't say, in words: silence would look like good news. */
export function unknownSection(facts: ReportFacts): Section {
  const notes = [
    ...ofScores(facts),
    ...ofWindows(facts),
    ...ofPerformance(facts),
    ...(facts.scope.clock === 'event'
      ? ['Latency and dead letters go by the wall clock: a report by event time has none.']
      : []),
  ];
  const none = 'Everything that this report speaks of had data enough to be judged.';
  return {
    title: 'What is not known',
    blocks: [{ kind: 'notes', notes: notes.length === 0 ? [none] : notes }],
  };
}

function ofScores({ versions, bands }: ReportFacts): string[] {
  if (versions.rows.length === 0) return ['No lead was scored in this time.'];
  const hasReference = bands.rows.some(({ reference }) => reference > 0);
  return hasReference ? [] : ['The model package is not known here: there is no reference to compare with.'];
}

const WORDS: Readonly<Record<string, string>> = {
  insufficient_data: 'had too few leads for a verdict',
  no_reference: 'had no reference to compare with',
};

function ofWindows({ verdicts }: ReportFacts): string[] {
  if (verdicts.rows.length === 0) return ['No window of event time closed in this time: drift is not known.'];
  return verdicts.rows.flatMap(({ size, verdict, windows }) => {
    const words = WORDS[verdict];
    return words === undefined ? [] : [`${formatMany(windows, 'window')} of ${size} ${words}.`];
  });
}

function ofPerformance({ performance }: ReportFacts): string[] {
  const notes: string[] = [];
  const rows = performance.rows;
  if (rows.every(({ labels }) => labels === 0))
    notes.push('No leads are mature yet: how well the scores did is known one outcome horizon after them.');
  const unknown = rows.reduce((sum, row) => sum + row.unknown, 0);
  if (unknown > 0)
    notes.push(`${formatMany(unknown, 'mature lead')} have no outcome: what became of them is not known.`);
  if (rows.some(({ labels, auc }) => labels > 0 && auc === null))
    notes.push(
      'Some cohorts have outcomes of one kind only, or none that a ranking could be measured by: no AUC.',
    );
  if (rows.some(({ labels }) => labels > 0) && rows.every(({ revenuePerLead }) => revenuePerLead === null))
    notes.push('No outcome carries a value: revenue is not known.');
  return notes;
}
