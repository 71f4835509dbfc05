import {
  alertToJson,
  type AlertReader,
  changeToJson,
  MOST_LISTED,
} from '@scoreline/runtime/alerts/alert-reader.ts';
import { ClickHouseUnavailable } from '@scoreline/runtime/clickhouse/database.ts';
import { describeProblem } from '@scoreline/runtime/http/problem.ts';
import { historyRoute, listRoute } from './alert-schemas.ts';
import type { AddRoutes } from './http.ts';

/** `GET /alerts` and `GET /alerts/history`: what `scoreline alerts list` and `show` print as JSON. */
export function createAlertRoutes(alerts: Pick<AlertReader, 'list' | 'history'>): AddRoutes {
  return (scope) => {
    scope.get<{ Querystring: { state?: 'firing' | 'any'; limit?: string }; Reply: object }>(
      '/alerts',
      { schema: listRoute },
      async ({ query: { state, limit } }, reply) => {
        const most = limit === undefined ? MOST_LISTED : Number(limit);
        const listed = await unlessAway(() => alerts.list({ all: state === 'any', most }));
        return 'problem' in listed
          ? reply.code(503).send(listed.problem)
          : reply.code(200).send({ alerts: listed.value.map(alertToJson) });
      },
    );
    scope.get<{ Querystring: { id: string }; Reply: object }>(
      '/alerts/history',
      { schema: historyRoute },
      async ({ query: { id } }, reply) => {
        const found = await unlessAway(() => alerts.history(id));
        if ('problem' in found) return reply.code(503).send(found.problem);
        if (found.value === undefined) return reply.code(404).send(unknownAlert(id));
        const { changes, deliveries } = found.value;
        return reply.code(200).send({ alert_id: id, changes: changes.map(changeToJson), deliveries });
      },
    );
  };
}

async function unlessAway<T>(
  ask: () => Promise<T>,
): Promise<{ readonly value: T } | { readonly problem: object }> {
  try {
    return { value: await ask() };
  } catch (error) {
    if (!(error instanceof ClickHouseUnavailable)) throw error;
    return { problem: describeProblem('unavailable', error.message) };
  }
}

function unknownAlert(id: string): object {
  return describeProblem('alert.unknown', `there never was an alert '${id}'`, 'id');
}
