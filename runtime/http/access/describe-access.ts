import { httpProblemSchema } from '../problem.ts';

/** The answers of the guard, for every route that asks for a key. */
const REFUSALS = {
  401: 'No key was brought, or none that holds.',
  403: 'The key is not for this route.',
  429: 'More requests than one caller may make; Retry-After says when again.',
} as const;

/** An OpenAPI document, as far as it is told who may ask for what. */
export interface OpenApiDocument {
  readonly paths?: Readonly<Record<string, object | undefined>>;
  readonly components?: { readonly schemas?: object };
}

/**
 * Adds to an OpenAPI document how a key is brought, and what whoever is turned away is answered. Where no keys are
 * configured none is needed, so that a key is one of two ways in.
 */
export function describeAccess(document: OpenApiDocument, openPaths: readonly string[]): OpenApiDocument {
  const paths = Object.entries(document.paths ?? {}).map(([path, operations]) => [
    path,
    openPaths.includes(path) ? operations : withRefusals(operations ?? {}),
  ]);
  const components = {
    ...document.components,
    securitySchemes: {
      key: { type: 'http', scheme: 'bearer', description: 'scoreline keys new prints one.' },
    },
  };
  return {
    ...document,
    paths: Object.fromEntries(paths) as NonNullable<OpenApiDocument['paths']>,
    components,
  };
}

function withRefusals(operations: object): Record<string, object> {
  const described = Object.entries<object>({ ...operations }).map(([method, operation]) => {
    const { responses } = operation as { readonly responses?: object };
    return [
      method,
      { ...operation, security: [{ key: [] }, {}], responses: { ...refusals(), ...responses } },
    ];
  });
  return Object.fromEntries(described) as Record<string, object>;
}

function refusals(): Record<string, object> {
  const content = { 'application/json': { schema: httpProblemSchema } };
  const described = Object.entries(REFUSALS).map(([status, description]) => [
    status,
    { description, content },
  ]);
  return Object.fromEntries(described) as Record<string, object>;
}
