import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const DASHBOARDS = join(import.meta.dirname, '../../infra/grafana/dashboards');

/** What a panel of a dashboard asks. */
export interface PanelQuery {
  /** `<dashboard>: <panel>` */
  readonly name: string;
  readonly text: string;
}

interface DashboardJson {
  readonly title: string;
  readonly panels: readonly {
    readonly title: string;
    readonly targets: readonly { readonly expr?: string; readonly rawSql?: string }[];
  }[];
  readonly templating: { readonly list: readonly { readonly name: string; readonly query: string }[] };
}

/** Every PromQL of every panel. */
export function readPanelPromql(): readonly PanelQuery[] {
  return readTargets(({ expr }) => expr);
}

/** Every SQL of every panel and variable, with what Grafana fills in: all time, and this model. */
export function readPanelSql(model: string): readonly PanelQuery[] {
  const variables = readDashboards().flatMap(({ title, templating }) =>
    templating.list
      .filter(({ query }) => query.startsWith('SELECT'))
      .map(({ name, query }) => ({ name: `${title}: variable ${name}`, text: query })),
  );
  return [...readTargets(({ rawSql }) => rawSql), ...variables].map(({ name, text }) => ({
    name,
    text: text
      .replaceAll(/\$__timeFilter\(((?:[^()]|\([^()]*\))*)\)/g, (_, column: string) => `${column} >= 0`)
      .replaceAll('${model}', model),
  }));
}

function readTargets(
  pick: (target: DashboardJson['panels'][number]['targets'][number]) => string | undefined,
): readonly PanelQuery[] {
  return readDashboards().flatMap(({ title, panels }) =>
    panels.flatMap((panel) =>
      panel.targets.flatMap((target) => {
        const text = pick(target);
        return text === undefined ? [] : [{ name: `${title}: ${panel.title}`, text }];
      }),
    ),
  );
}

function readDashboards(): readonly DashboardJson[] {
  return globSync(join(DASHBOARDS, '*.json')).map(
    (file) => JSON.parse(readFileSync(file, 'utf8')) as DashboardJson,
  );
}
