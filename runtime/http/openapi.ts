import swagger from '@fastify/swagger';
import type { FastifyInstance } from 'fastify';
import { describeAccess } from './access/describe-access.ts';
import { ANY_SCOPE } from './access/scopes.ts';
import { describeRefusals } from './describe-refusals.ts';

/** What an OpenAPI document says of a service beyond its routes. */
export interface OpenApiOptions {
  readonly title: string;
  readonly description: string;
  readonly version: string;
  /**
   * Schemas that are known only while the service runs, by the name that routes refer to (`{ $ref: 'Lead#' }`).
   * Asked at each GET /openapi.json; one that isn't there yet is any object.
   */
  readonly liveSchemas: {
    readonly names: readonly string[];
    readonly describe: () => Readonly<Record<string, object>>;
  };
}

/** They ask nobody for a key. */
const OPEN_PATHS = ['/health', '/live'];

/** Adds GET /openapi.json (OpenAPI 3.1), which describes each route that is registered as a plugin after it. */
export function addOpenApi(server: FastifyInstance, options: OpenApiOptions): void {
  const { title, description, version, liveSchemas } = options;
  for (const name of liveSchemas.names) server.addSchema({ $id: name, type: 'object' });
  void server.register(swagger, {
    openapi: { openapi: '3.1.0', info: { title, description, version } },
    refResolver: { buildLocalReference: nameSchema },
  });
  server.get('/openapi.json', { config: { access: ANY_SCOPE } }, async () => {
    const document = describeAccess(describeRefusals(server.swagger()), OPEN_PATHS);
    const schemas = { ...document.components?.schemas, ...liveSchemas.describe() };
    return { ...document, components: { ...document.components, schemas } };
  });
}

function nameSchema(
  schema: Readonly<Record<string, unknown>>,
  _base: unknown,
  _fragment: string,
  index: number,
): string {
  const { $id: id } = schema;
  return typeof id === 'string' ? id : `def-${index}`;
}
