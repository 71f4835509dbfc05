import type { Bar, Block, Column, Figure, Range, Report, Row } from '../report.ts';

const BAR_WIDTH = 24;
const SPARKS = '▁▂▃▄▅▆▇█';

/** A report as Markdown: charts as tables with bars of block characters, the SQL at its end. */
export function renderMarkdown({ title, subtitle, summary, sections, queries }: Report): string {
  const parts = [
    `# ${escape(title)}`,
    escape(subtitle),
    `**${escape(summary)}**`,
    ...sections.flatMap((section) => [`## ${escape(section.title)}`, ...section.blocks.map(renderBlock)]),
    '## Where the figures come from',
    'Each table and chart names its queries; paste them into any ClickHouse client whose database is Scoreline’s.',
    ...queries.flatMap(({ name, about, sql }) => [
      `### ${name}: ${escape(about)}`,
      `\`\`\`sql\n${sql.trim()}\n\`\`\``,
    ]),
  ];
  return `${parts.join('\n\n')}\n`;
}

function renderBlock(block: Block): string {
  if (block.kind === 'notes') return block.notes.map((note) => `- ${escape(note)}`).join('\n');
  return `${renderContent(block)}\n\n_${block.queries.join(', ')}_`;
}

function renderContent(block: Exclude<Block, { readonly kind: 'notes' }>): string {
  if (block.kind === 'figures') return table(['', ''], block.figures.map(figureRow));
  if (block.kind === 'table') return table(block.columns, block.rows);
  const title = `**${escape(block.title)}**`;
  if (block.kind === 'columns')
    return `${title} \`${sparkline(block.columns)}\` ${describeColumns(block.columns)}`;
  const rows = block.kind === 'bars' ? block.bars.map(barRow(block.bars)) : block.ranges.map(rangeRow(block));
  return `${title}\n\n${table(['', '', ''], rows)}`;
}

function figureRow({ label, value, note }: Figure): Row {
  return [label, note === undefined || note === '' ? value : `${value} (${note})`];
}

function table(columns: readonly string[], rows: readonly Row[]): string {
  const line = (cells: Row): string =>
    `| ${cells.map((cell) => (typeof cell === 'string' ? escape(cell) : `[${escape(cell.text)}](${encodeURI(cell.href)})`)).join(' | ')} |`;
  return [line(columns), line(columns.map(() => '---')), ...rows.map(line)].join('\n');
}

function barRow(bars: readonly Bar[]): (bar: Bar) => Row {
  const largest = Math.max(
    ...bars.map(({ value, beside }) => Math.max(value, beside ?? 0)),
    Number.MIN_VALUE,
  );
  return ({ label, value, text }) => [label, blocksOf(value / largest), text];
}

/** The interval as a line with its value as a dot, on the scale of the block. */
function rangeRow({ from, to }: { readonly from: number; readonly to: number }): (range: Range) => Row {
  const at = (value: number): number =>
    Math.round(((Math.min(to, Math.max(from, value)) - from) / (to - from)) * (BAR_WIDTH - 1));
  return ({ label, value, low, high, text }) => {
    const cells = Array.from<unknown, string>({ length: BAR_WIDTH }, (_, i) =>
      i >= at(low ?? value) && i <= at(high ?? value) ? '─' : '·',
    );
    cells[at(value)] = '●';
    return [label, cells.join(''), text];
  };
}

function blocksOf(share: number): string {
  return '█'.repeat(Math.round(share * BAR_WIDTH)) || '▏';
}

function sparkline(columns: readonly Column[]): string {
  const largest = Math.max(...columns.map(({ value }) => value), Number.MIN_VALUE);
  return columns
    .map(({ value }) => SPARKS[Math.min(SPARKS.length - 1, Math.floor((value / largest) * SPARKS.length))])
    .join('');
}

function describeColumns(columns: readonly Column[]): string {
  const most = columns.toSorted((a, b) => b.value - a.value)[0];
  return most === undefined ? '' : escape(`most at ${most.label}: ${most.text}`);
}

/** Text that stays text: neither markup, nor a cell's end, nor HTML. */
function escape(text: string): string {
  return text
    .replaceAll(/[\\`*_[\]|]/g, '\\$&')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll(/\s*\n\s*/g, ' ');
}
