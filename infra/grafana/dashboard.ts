import { type Panel, ROW_HEIGHT, toPanelJson } from './panel.ts';

/** A page of panels, laid out in rows of twelve twelfths. */
export interface Dashboard {
  /** Its file and its uid: links keep. */
  readonly name: string;
  readonly title: string;
  readonly description: string;
  /** What it shows at first: now-6h, now-90d, … */
  readonly from: string;
  /** Whether its SQL asks for `${model}`. */
  readonly byModel: boolean;
  readonly panels: readonly Panel[];
}

const COLUMNS = 12;

/** The dashboard as Grafana reads it from a file. */
export function toDashboardJson({ name, title, description, from, byModel, panels }: Dashboard): object {
  return {
    uid: `scoreline-${name}`,
    title,
    description,
    tags: ['scoreline'],
    timezone: 'utc',
    schemaVersion: 39,
    editable: true,
    refresh: '1m',
    time: { from, to: 'now' },
    templating: { list: [...SOURCES, ...(byModel ? [MODEL] : [])] },
    panels: place(panels),
  };
}

function place(panels: readonly Panel[]): readonly object[] {
  let [column, row] = [0, 0];
  return panels.map((panel, index) => {
    if (column + panel.width > COLUMNS) [column, row] = [0, row + ROW_HEIGHT];
    const corner = { x: column * 2, y: row };
    column += panel.width;
    return toPanelJson(panel, index + 1, corner);
  });
}

const SOURCES = [
  { name: 'prometheus', label: 'Prometheus', type: 'datasource', query: 'prometheus' },
  { name: 'clickhouse', label: 'ClickHouse', type: 'datasource', query: 'grafana-clickhouse-datasource' },
];

const MODEL = {
  name: 'model',
  label: 'Model',
  type: 'query',
  datasource: { type: 'grafana-clickhouse-datasource', uid: '${clickhouse}' },
  query: 'SELECT DISTINCT model FROM model_info ORDER BY model',
  refresh: 1,
  multi: false,
  includeAll: false,
};
