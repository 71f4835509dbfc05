import { DARK, LIGHT, type Palette } from '@scoreline/core/reports/render/palette.ts';
import { escapeHtml } from '@scoreline/core/reports/render/escape-html.ts';
import type { Spread } from '../../spread.ts';
import { type LogAxis, spanSteps, spanValues } from './log-axis.ts';

/** Lines over a common logarithmic x axis, on a logarithmic y axis of their own. */
export interface Panel {
  /** With the unit. */
  readonly title: string;
  /** The first is drawn in the foreground's colour. */
  readonly lines: readonly Line[];
}

export interface Line {
  /** '' where the panel has one line. */
  readonly name: string;
  readonly points: readonly { readonly x: number; readonly y: Spread }[];
}

const PANEL = { width: 360, height: 220, left: 58, right: 24, top: 34, bottom: 34 };
const COLUMNS = 2;
const LEAST_RATIO = 10;
const MAX_TICKS = 6;
const LINE_CLASSES = ['bar', 'beyond'] as const;

/** Panels two by two as one SVG, light or dark by the reader's system; a whisker is the least and the most of the runs. */
export function drawPanels(label: string, xTitle: string, panels: readonly Panel[]): string {
  const width = PANEL.width * COLUMNS;
  const height = PANEL.height * Math.ceil(panels.length / COLUMNS);
  const drawn = panels.map((panel, i) => {
    const at = `${(i % COLUMNS) * PANEL.width} ${Math.floor(i / COLUMNS) * PANEL.height}`;
    return `<g transform="translate(${at})">\n${drawPanel(panel, xTitle)}\n</g>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeHtml(label)}">
<style>
text { font: 11px system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; } .title { font-weight: 600; font-size: 12px; } polyline { fill: none; stroke-width: 2; }
${asClasses(LIGHT)}
@media (prefers-color-scheme: dark) { ${asClasses(DARK)} }
</style>
<rect class="card-fill" width="${width}" height="${height}" rx="8"/>
${drawn.join('\n')}
</svg>
`;
}

function drawPanel({ title, lines }: Panel, xTitle: string): string {
  const points = lines.flatMap((line) => line.points);
  const xs = spanValues(points.map(({ x }) => x));
  const ys = spanSteps(
    points.flatMap(({ y }) => [y.min, y.max]),
    LEAST_RATIO,
  );
  return [
    `<text class="title ink-fill" x="${PANEL.left}" y="20">${escapeHtml(title)}</text>`,
    ...ys.ticks.filter(thinned(ys.ticks)).map((tick) => drawYTick(tick, ys)),
    ...xs.ticks.map((tick) => drawXTick(tick, xs)),
    text(PANEL.width - PANEL.right, PANEL.height - 6, xTitle, 'end'),
    ...lines.map((line, i) => drawLine(line, LINE_CLASSES[i] ?? 'mark', xs, ys)),
    ...(lines.length > 1 ? [drawNames(lines)] : []),
  ].join('\n');
}

function drawLine({ points }: Line, colour: string, xs: LogAxis, ys: LogAxis): string {
  const at = points.map(({ x, y }) => `${xOf(xs, x)},${yOf(ys, y.median)}`);
  const marks = points.map(({ x, y }) => {
    const place = xOf(xs, x);
    const whisker = `<line class="${colour}-stroke" x1="${place}" x2="${place}" y1="${yOf(ys, y.min)}" y2="${yOf(ys, y.max)}"/>`;
    return `${whisker}<circle class="${colour}-fill" cx="${place}" cy="${yOf(ys, y.median)}" r="3.5"/>`;
  });
  return `<polyline class="${colour}-stroke" points="${at.join(' ')}"/>${marks.join('')}`;
}

function drawNames(lines: readonly Line[]): string {
  const names = lines.map(
    ({ name }, i) => `<tspan class="${LINE_CLASSES[i] ?? 'mark'}-fill">${escapeHtml(name)}</tspan>`,
  );
  return `<text x="${PANEL.width - PANEL.right}" y="20" text-anchor="end">${names.join('<tspan>  </tspan>')}</text>`;
}

function drawYTick(tick: number, ys: LogAxis): string {
  const y = yOf(ys, tick);
  const line = `<line class="line-stroke" x1="${PANEL.left}" x2="${PANEL.width - PANEL.right}" y1="${y}" y2="${y}"/>`;
  return line + text(PANEL.left - 6, y + 4, shorten(tick), 'end');
}

function drawXTick(x: number, xs: LogAxis): string {
  return text(xOf(xs, x), PANEL.height - PANEL.bottom + 14, shorten(x), 'middle');
}

function text(x: number, y: number, content: string, anchor: 'middle' | 'end'): string {
  return `<text class="soft-fill" x="${x}" y="${y}" text-anchor="${anchor}">${escapeHtml(content)}</text>`;
}

/** Where 1, 2, 5, 10 … would stand too close, only the tens are named. */
function thinned(ticks: readonly number[]): (tick: number) => boolean {
  return ticks.length <= MAX_TICKS
    ? () => true
    : (tick) => Number.isInteger(Number(Math.log10(tick).toFixed(9)));
}

function shorten(value: number): string {
  if (value >= 1e6) return `${value / 1e6} M`;
  return value >= 1e4 ? `${value / 1e3} k` : value.toLocaleString('en-US');
}

function xOf(xs: LogAxis, x: number): number {
  return round(PANEL.left + xs.position(x) * (PANEL.width - PANEL.left - PANEL.right));
}

function yOf(ys: LogAxis, y: number): number {
  return round(PANEL.height - PANEL.bottom - ys.position(y) * (PANEL.height - PANEL.top - PANEL.bottom));
}

function round(pixels: number): number {
  return Math.round(pixels * 10) / 10;
}

/** Plain classes, since not every viewer of SVG knows variables. */
function asClasses(palette: Palette): string {
  return (['card', 'ink', 'soft', 'line', 'bar', 'beyond', 'mark'] as const)
    .map((name) => `.${name}-fill { fill: ${palette[name]}; } .${name}-stroke { stroke: ${palette[name]}; }`)
    .join(' ');
}
