import type { BusinessFact, PerformanceFact, ReportFacts } from '../facts.ts';
import { formatCount, formatNumber, formatShare, formatTime } from '../format.ts';
import type { Block, Figure, Range, Section } from '../report.ts';

/** Mature cohorts, oldest first: how scores ordered the leads, how many converted beside how many should have. */
export function performanceSection({ performance }: ReportFacts): Section | null {
  const rows = performance.rows.filter(({ labels }) => labels > 0);
  if (rows.length === 0) return null;
  const queries = [performance.name];
  const measured = rows.filter(({ auc }) => auc !== null);
  const blocks: Block[] = [];
  if (measured.length > 0) {
    blocks.push({
      kind: 'ranges',
      title: 'AUC of mature leads, with its 95 % interval',
      from: 0.3,
      to: 1,
      mark: { at: 0.5, label: 'chance' },
      ranges: measured.map(toAucRange),
      queries,
    });
  }
  blocks.push({
    kind: 'table',
    columns: [
      'Leads of',
      'Version',
      'Labels',
      'Converted',
      'Expected',
      'Observed / expected',
      'Brier',
      'Lift',
    ],
    rows: rows.map((row) => [
      cohortOf(row),
      versionOf(row),
      `${formatCount(row.labels)}${row.unknown === 0 ? '' : `, ${formatCount(row.unknown)} unknown`}`,
      formatCount(row.conversions),
      formatNumber(row.expected),
      withInterval(row.ratio, row.ratioLow, row.ratioHigh),
      orDash(row.brier),
      orDash(row.lift),
    ]),
    queries,
  });
  return { title: 'Realised performance', blocks };
}

function toAucRange(row: PerformanceFact): Range {
  const estimated = row.estimatedAuc === null ? '' : `, estimated before ${row.estimatedAuc.toFixed(2)}`;
  return {
    label: `${cohortOf(row)}, ${versionOf(row)}`,
    value: row.auc ?? 0,
    low: row.aucLow,
    high: row.aucHigh,
    text: `${withInterval(row.auc, row.aucLow, row.aucHigh)} on ${formatCount(row.labels)}${estimated}`,
  };
}

function cohortOf({ startMs, size }: PerformanceFact): string {
  return size === 'P1M' ? new Date(startMs).toISOString().slice(0, 7) : `${formatTime(startMs)} ${size}`;
}

function versionOf({ role, version }: PerformanceFact): string {
  return role === 'production' ? version : `${version} (${role})`;
}

function withInterval(value: number | null, low: number | null, high: number | null): string {
  if (value === null) return '–';
  return low === null || high === null
    ? value.toFixed(2)
    : `${value.toFixed(2)} (${low.toFixed(2)} to ${high.toFixed(2)})`;
}

function orDash(value: number | null): string {
  return value === null ? '–' : formatNumber(value);
}

const DAY_MS = 86_400_000;

/** What the bands of the newest mature cohort brought, and how long it took. */
export function businessSection({ business, performance }: ReportFacts): Section | null {
  const newest = performance.rows.findLast(({ role, labels }) => role === 'production' && labels > 0);
  if (business.rows.length === 0 || newest === undefined) return null;
  const top = Math.max(...business.rows.map(({ high, conversion }) => high ?? conversion));
  const figures: Figure[] = [];
  if (newest.revenuePerLead !== null)
    figures.push({ label: 'revenue per lead', value: formatNumber(newest.revenuePerLead) });
  if (newest.closeTimeMs !== null)
    figures.push({
      label: 'lead to close, half of them within',
      value: `${formatNumber(newest.closeTimeMs / DAY_MS)} days`,
    });
  const chart: Block = {
    kind: 'ranges',
    title: `Conversion by band, leads of ${cohortOf(newest)}, with its 95 % interval`,
    from: 0,
    to: Math.min(1, Math.max(0.1, top * 1.1)),
    mark: null,
    ranges: business.rows.map(toConversionRange),
    queries: [business.name],
  };
  const more: Block = { kind: 'figures', figures, queries: [performance.name] };
  return { title: 'Business', blocks: figures.length === 0 ? [chart] : [chart, more] };
}

function toConversionRange({ band, conversion, low, high, leads }: BusinessFact): Range {
  const interval = low === null || high === null ? '' : ` (${formatShare(low)} to ${formatShare(high)})`;
  const text = `${formatShare(conversion)}${interval} of ${formatCount(leads)} leads`;
  return { label: band, value: conversion, low, high, text };
}
