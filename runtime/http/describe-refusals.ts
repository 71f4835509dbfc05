import type { OpenApiDocument } from './access/describe-access.ts';
import { httpProblemSchema } from './problem.ts';

const OF_INPUT = { 400: 'The request is not as described here; the message says where.' } as const;
const OF_BODY = {
  413: 'The body is larger than the server takes.',
  415: 'The body is not JSON.',
} as const;

interface Operation {
  readonly parameters?: readonly unknown[];
  readonly requestBody?: unknown;
  readonly responses?: object;
}

/** Adds to an OpenAPI document what every route that takes input answers where the input is not as the document says. */
export function describeRefusals(document: OpenApiDocument): OpenApiDocument {
  const paths = Object.entries(document.paths ?? {}).map(([path, operations]) => [
    path,
    Object.fromEntries(
      Object.entries<Operation>({ ...operations }).map(([method, each]) => [method, withRefusals(each)]),
    ),
  ]);
  return { ...document, paths: Object.fromEntries(paths) as NonNullable<OpenApiDocument['paths']> };
}

function withRefusals(operation: Operation): Operation {
  const { parameters = [], requestBody, responses } = operation;
  const takesInput = parameters.length > 0 || requestBody !== undefined;
  const refusals = { ...(takesInput ? OF_INPUT : {}), ...(requestBody === undefined ? {} : OF_BODY) };
  const content = { 'application/json': { schema: httpProblemSchema } };
  const described = Object.entries(refusals).map(([status, description]) => [
    status,
    { description, content },
  ]);
  return { ...operation, responses: { ...Object.fromEntries(described), ...responses } };
}
