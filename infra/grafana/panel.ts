/** How a panel shows what it is given. */
export type PanelKind = 'timeseries' | 'stat' | 'table' | 'heatmap' | 'barchart';

/** One panel; its width is in twelfths of the page. */
export interface Panel {
  readonly title: string;
  /** What it says and what to make of it, for whoever hovers over the title. */
  readonly description: string;
  readonly kind: PanelKind;
  readonly width: 3 | 4 | 6 | 8 | 12;
  /** Grafana's name of the unit: s, ms, percentunit, short, … */
  readonly unit?: string;
  /** Lines at which it turns yellow and red. */
  readonly limits?: readonly [warning: number, critical: number];
  readonly queries: readonly Query[];
}

/** PromQL, or SQL for ClickHouse; `$__timeFilter(column)` and `${model}` are filled in by Grafana. */
export type Query =
  | { readonly promql: string; readonly legend: string }
  | { readonly sql: string; readonly shape: 'timeseries' | 'table' };

const TWELFTHS = 2;
const HEIGHT = 8;

/** A panel as Grafana's JSON, placed at a corner of its 24 columns. */
export function toPanelJson(
  panel: Panel,
  id: number,
  at: { readonly x: number; readonly y: number },
): object {
  const { title, description, kind, width, queries } = panel;
  return {
    id,
    title,
    description,
    type: kind,
    gridPos: { h: HEIGHT, w: width * TWELFTHS, ...at },
    datasource: sourceOf(queries[0]),
    fieldConfig: { defaults: fieldDefaults(panel), overrides: [] },
    options: OPTIONS[kind],
    targets: queries.map(toTarget),
  };
}

/** Rows of a page are as high as one panel. */
export const ROW_HEIGHT = HEIGHT;

function sourceOf(query: Query | undefined): object {
  const isSql = query !== undefined && 'sql' in query;
  return isSql
    ? { type: 'grafana-clickhouse-datasource', uid: '${clickhouse}' }
    : { type: 'prometheus', uid: '${prometheus}' };
}

function toTarget(query: Query, index: number): object {
  const refId = String.fromCharCode(65 + index);
  if ('promql' in query) {
    const { promql, legend } = query;
    return { refId, datasource: sourceOf(query), expr: promql, legendFormat: legend, range: true };
  }
  // The plugin's own numbers for what it makes of the rows.
  const format = query.shape === 'timeseries' ? 0 : 1;
  const queryType = query.shape;
  return { refId, datasource: sourceOf(query), editorType: 'sql', rawSql: query.sql, queryType, format };
}

function fieldDefaults({ unit = 'short', limits, kind }: Panel): object {
  const steps = [
    { color: 'green', value: null },
    ...(limits === undefined
      ? []
      : [
          { color: 'yellow', value: limits[0] },
          { color: 'red', value: limits[1] },
        ]),
  ];
  const isMarked = limits !== undefined && kind === 'timeseries';
  return {
    unit,
    thresholds: { mode: 'absolute', steps },
    custom: isMarked ? { thresholdsStyle: { mode: 'dashed' } } : {},
  };
}

const OPTIONS: Readonly<Record<PanelKind, object>> = {
  timeseries: { legend: { displayMode: 'list', placement: 'bottom' }, tooltip: { mode: 'multi' } },
  stat: { reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false }, colorMode: 'value' },
  table: { showHeader: true },
  heatmap: { calculate: false, cellGap: 1, color: { mode: 'scheme', scheme: 'Oranges' } },
  barchart: { orientation: 'horizontal', legend: { displayMode: 'list', placement: 'bottom' } },
};
