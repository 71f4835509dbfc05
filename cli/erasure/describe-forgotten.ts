import { FOR_EVER_MS } from '@scoreline/core/erasure/kept-until.ts';
import type { Forgotten } from '@scoreline/runtime/erasure/forget-lead.ts';
import type { Table } from '../reports/table.ts';

const DAY_MS = 86_400_000;

/** What was taken, what can't be, and until when the lead is kept away. The lead isn't named. */
export function describeForgotten(forgotten: Forgotten): readonly Table[] {
  const { entry, rows, left, retentions, isResumed } = forgotten;
  return [
    {
      title: isResumed
        ? 'Erased from ClickHouse; an earlier run had been cut short, this one went on with it'
        : 'Erased from ClickHouse',
      columns: ['table', 'rows'],
      rows: [...rows].map(([table, count]) => [table, String(count)]),
      notes: [
        ...(left === 0
          ? ['verified: none is left']
          : [
              `${left} came in meanwhile: drift takes them within a minute; run it again to see that none is left`,
            ]),
        'window counts stay: they are sums, and name nobody',
      ],
    },
    {
      title: 'Not erased: Kafka deletes no single record',
      columns: ['topic', 'keeps a record for at most'],
      rows: retentions.map(({ topic, keepsMs }) => [topic, describeSpan(keepsMs)]),
      notes: [
        `kept away until ${describeTime(entry.untilMs)}: what drift reads of the lead by then, it leaves out`,
        'no other topic holds leads: what is compacted or kept for ever is about alerts, models and rollouts',
      ],
    },
  ];
}

function describeSpan(spanMs: number): string {
  if (spanMs === Infinity) return 'for ever: give the topic a retention';
  const days = spanMs / DAY_MS;
  return days < 2 ? `${Math.ceil(days * 24)} hours` : `${Number(days.toFixed(1))} days`;
}

function describeTime(timeMs: number): string {
  return timeMs >= FOR_EVER_MS ? 'for ever' : new Date(timeMs).toISOString();
}
