/** A table for people: the first column names the row. */
export interface Table {
  readonly title: string;
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
  /** Lines below it. */
  readonly notes?: readonly string[];
}

/** How tables are written. */
export type TableFormat = 'text' | 'markdown';

/** Tables as lines for a terminal, or as Markdown. */
export function renderTables(tables: readonly Table[], format: TableFormat): string[] {
  return tables.flatMap((table) => [...(format === 'text' ? asText(table) : asMarkdown(table)), '']);
}

function asText({ title, columns, rows, notes = [] }: Table): string[] {
  const all = [columns, ...rows];
  const widths = columns.map((_, i) => all.reduce((most, row) => Math.max(most, (row[i] ?? '').length), 0));
  const line = (row: readonly string[]): string =>
    row
      .map((cell, i) => plain(cell).padEnd(widths[i] ?? 0))
      .join('  ')
      .trimEnd();
  return [
    title,
    ...(columns.every((column) => column === '') ? [] : [`  ${line(columns)}`]),
    ...rows.map((row) => `  ${line(row)}`),
    ...notes.map((note) => `  ${note}`),
  ];
}

/** Others' texts stand in cells: what would move the cursor or colour the terminal is shown, not done. */
export function plain(text: string): string {
  return text.replaceAll(/\p{Cc}/gu, '\u{fffd}');
}

function asMarkdown({ title, columns, rows, notes = [] }: Table): string[] {
  const line = (row: readonly string[]): string =>
    `| ${row.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [
    `## ${title}`,
    '',
    line(columns),
    line(columns.map(() => '---')),
    ...rows.map(line),
    ...notes.flatMap((note) => ['', note]),
  ];
}
