import type { ReportFacts } from '../facts.ts';
import { formatCount, formatNumber, formatShare, formatTime } from '../format.ts';
import type { Block, Section } from '../report.ts';

/** Candidates in the shadow beside production. */
export function candidatesSection({ candidates }: ReportFacts): Section | null {
  if (candidates.rows.length === 0) return null;
  return {
    title: 'Candidates in the shadow',
    blocks: [
      {
        kind: 'table',
        columns: ['Candidate', 'Pairs', 'Of production', 'Mean difference', 'Largest', 'In another band'],
        rows: candidates.rows.map((row) => [
          row.candidate,
          formatCount(row.pairs),
          row.production === 0 ? '–' : formatShare(row.pairs / row.production),
          row.meanDifference === null ? '–' : formatNumber(row.meanDifference),
          row.maxDifference === null ? '–' : formatNumber(row.maxDifference),
          row.pairs === 0 ? '–' : formatShare(row.bandFlips / row.pairs),
        ]),
        queries: [candidates.name],
      },
    ],
  };
}

/** What was decided about rollouts, and which trainings were asked for. */
export function decisionsSection({ rollouts, retraining }: ReportFacts): Section | null {
  const blocks: Block[] = [];
  if (rollouts.rows.length > 0) {
    blocks.push({
      kind: 'table',
      columns: ['Rollout', 'When (UTC)', 'Decision', 'Share', 'By', 'Why'],
      rows: rollouts.rows.map(({ id, atMs, type, share, actor, reason }) => [
        id,
        formatTime(atMs),
        type.replace('_', ' '),
        share === null ? '–' : formatShare(share),
        actor,
        reason,
      ]),
      queries: [rollouts.name],
    });
  }
  if (retraining.rows.length > 0) {
    blocks.push({
      kind: 'table',
      columns: ['Training asked for', 'When (UTC)', 'By', 'Why'],
      rows: retraining.rows.map(({ id, mode, atMs, requestedBy, details }) => [
        `${id} (${mode})`,
        formatTime(atMs),
        requestedBy,
        details.join('; '),
      ]),
      queries: [retraining.name],
    });
  }
  return blocks.length === 0 ? null : { title: 'Decisions', blocks };
}
