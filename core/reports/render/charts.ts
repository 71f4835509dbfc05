import type { Bar, Block, Column, Range } from '../report.ts';
import { escapeHtml } from './escape-html.ts';

/**
 * Charts as HTML with small inline SVGs. Text is HTML beside them and positions are percentages, so that they follow the
 * width of the page without becoming unreadable on a phone.
 */
type Bars = Extract<Block, { readonly kind: 'bars' }>;
type Ranges = Extract<Block, { readonly kind: 'ranges' }>;

/** Horizontal bars, each beside its reference as a thinner one; a mark is a line through all. */
export function renderBars({ bars, legend, mark }: Bars): string {
  const values = bars.flatMap(({ value, beside }) => [value, beside ?? 0]);
  const largest = Math.max(...values, mark ?? 0, Number.MIN_VALUE);
  const scale = (value: number): string => percent(value / largest);
  const rows = bars.map((bar) => chartRow(bar.label, barSvg(bar, scale, mark), bar.text));
  const beside =
    legend.beside === null ? '' : `<span class="key key-beside"></span>${escapeHtml(legend.beside)}`;
  const limit = mark === null ? '' : '<span class="key key-mark"></span>limit';
  const keys = `<p class="legend"><span class="key key-value"></span>${escapeHtml(legend.value)}${beside}${limit}</p>`;
  return `<div class="chart">${rows.join('')}</div>${keys}`;
}

function barSvg({ value, beside }: Bar, scale: (value: number) => string, mark: number | null): string {
  const own = `<rect class="bar${mark !== null && value >= mark ? ' beyond' : ''}" x="0" y="3" width="${scale(value)}" height="9" rx="2"/>`;
  const other =
    beside === null ? '' : `<rect class="beside" x="0" y="13" width="${scale(beside)}" height="4" rx="2"/>`;
  return svg(18, own + other + (mark === null ? '' : markLine(scale(mark), 18)));
}

/** Values as dots on lines that are their intervals. */
export function renderRanges({ ranges, from, to, mark }: Ranges): string {
  const scale = (value: number): string => percent((value - from) / (to - from));
  const rows = ranges.map((range) => chartRow(range.label, rangeSvg(range, scale, mark), range.text));
  const named = mark === null ? '' : `<span class="key key-mark"></span>${escapeHtml(mark.label)}, `;
  return `<div class="chart">${rows.join('')}</div><p class="legend">${named}from ${from} to ${Number(to.toFixed(2))}</p>`;
}

function rangeSvg(
  { value, low, high }: Range,
  scale: (value: number) => string,
  mark: Ranges['mark'],
): string {
  const line =
    low === null || high === null
      ? ''
      : `<line class="whisker" x1="${scale(low)}" x2="${scale(high)}" y1="9" y2="9"/>`;
  const dot = `<circle class="dot" cx="${scale(value)}" cy="9" r="4.5"/>`;
  return svg(18, (mark === null ? '' : markLine(scale(mark.at), 18)) + line + dot);
}

/** Upright bars in a row of time, with the first, the last and the largest named. */
export function renderColumns(columns: readonly Column[]): string {
  const largest = Math.max(...columns.map(({ value }) => value), Number.MIN_VALUE);
  const width = 100 / Math.max(1, columns.length);
  const rects = columns.map(({ value, label, text }, i) => {
    const height = 100 * (value / largest);
    const at = `x="${round(width * (i + 0.1))}%" width="${round(width * 0.8)}%" y="${round(100 - height)}%" height="${round(height)}%"`;
    return `<rect class="bar" ${at}><title>${escapeHtml(`${label}: ${text}`)}</title></rect>`;
  });
  const most = columns.toSorted((a, b) => b.value - a.value)[0];
  const ends = `<p class="ends"><span>${escapeHtml(columns[0]?.label ?? '')}</span><span>${escapeHtml(most === undefined ? '' : `most: ${most.text}`)}</span><span>${escapeHtml(columns.at(-1)?.label ?? '')}</span></p>`;
  return `<div class="columns">${svg(120, rects.join(''))}${ends}</div>`;
}

function chartRow(label: string, chart: string, text: string): string {
  return `<div class="row"><span class="label">${escapeHtml(label)}</span><span class="plot">${chart}</span><span class="text">${escapeHtml(text)}</span></div>`;
}

function markLine(x: string, height: number): string {
  return `<line class="mark" x1="${x}" x2="${x}" y1="0" y2="${height}"/>`;
}

function svg(height: number, content: string): string {
  return `<svg width="100%" height="${height}" aria-hidden="true" focusable="false">${content}</svg>`;
}

function percent(share: number): string {
  return `${round(100 * Math.min(1, Math.max(0, share)))}%`;
}

function round(value: number): number {
  return Math.round(100 * value) / 100;
}
