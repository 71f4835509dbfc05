import type { Block, Figure, Report, Row, Section } from '../report.ts';
import { renderBars, renderColumns, renderRanges } from './charts.ts';
import { escapeHtml, safeHref } from './escape-html.ts';
import { STYLE } from './style.ts';

/** A report as one page: no script, nothing to fetch, every text escaped; light and dark, on a phone and on paper. */
export function renderHtml({ title, subtitle, summary, sections, queries }: Report): string {
  const appendix = queries.map(
    ({ name, about, sql }) =>
      `<details id="${escapeHtml(name)}"><summary>${escapeHtml(`${name}: ${about}`)}</summary><pre>${escapeHtml(sql.trim())}</pre></details>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title>
<style>
${STYLE}
</style>
</head>
<body>
<main>
<h1>${escapeHtml(title)}</h1>
<p class="subtitle">${escapeHtml(subtitle)}</p>
<p class="summary">${escapeHtml(summary)}</p>
${sections.map(renderSection).join('\n')}
<section>
<h2>Where the figures come from</h2>
<p class="note">Each table and chart names its queries; paste them into any ClickHouse client whose database is Scoreline’s.</p>
${appendix.join('\n')}
</section>
</main>
</body>
</html>
`;
}

function renderSection({ title, blocks }: Section): string {
  return `<section>\n<h2>${escapeHtml(title)}</h2>\n${blocks.map(renderBlock).join('\n')}\n</section>`;
}

function renderBlock(block: Block): string {
  if (block.kind === 'notes') {
    return `<ul>${block.notes.map((note) => `<li>${escapeHtml(note)}</li>`).join('')}</ul>`;
  }
  const links = block.queries.map((name) => `<a href="#${escapeHtml(name)}">${escapeHtml(name)}</a>`);
  return `${renderContent(block)}\n<p class="source">${links.join(', ')}</p>`;
}

function renderContent(block: Exclude<Block, { readonly kind: 'notes' }>): string {
  if (block.kind === 'figures') return `<dl class="figures">${block.figures.map(renderFigure).join('')}</dl>`;
  if (block.kind === 'table') return renderTable(block.columns, block.rows);
  return `<h3>${escapeHtml(block.title)}</h3>${renderChart(block)}`;
}

function renderChart(block: Extract<Block, { readonly title: string }>): string {
  if (block.kind === 'columns') return renderColumns(block.columns);
  return block.kind === 'bars' ? renderBars(block) : renderRanges(block);
}

function renderFigure({ label, value, note }: Figure): string {
  const more = note === undefined || note === '' ? '' : `<span class="note">${escapeHtml(note)}</span>`;
  return `<div><dt>${escapeHtml(label)}</dt><dd>${escapeHtml(value)}${more}</dd></div>`;
}

function renderTable(columns: readonly string[], rows: readonly Row[]): string {
  const head = columns.map((column) => `<th scope="col">${escapeHtml(column)}</th>`).join('');
  const body = rows.map((row) => `<tr>${row.map(renderCell).join('')}</tr>`).join('\n');
  return `<div class="scroll"><table><thead><tr>${head}</tr></thead><tbody>${body}</tbody></table></div>`;
}

function renderCell(cell: Row[number]): string {
  if (typeof cell !== 'string')
    return `<td>${escapeHtml(cell.text)} <a href="${safeHref(cell.href)}">runbook</a></td>`;
  const severity = cell === 'critical' || cell === 'warning' ? ` class="${cell}"` : '';
  return `<td${severity}>${escapeHtml(cell)}</td>`;
}
