import type { FastifyError, FastifyReply, FastifyRequest } from 'fastify';
import type { MethodsOf } from './methods-of-paths.ts';

/** The body of every answer that isn't a success. */
export interface HttpProblem {
  readonly error: {
    /** Stable, to be matched by programs. */
    readonly code: string;
    readonly message: string;
    /** The request's field that is wrong, where it is one. */
    readonly field?: string;
  };
}

/** JSON Schema of HttpProblem. */
export const httpProblemSchema = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message'],
      properties: {
        code: { type: 'string', description: 'Stable, to be matched by programs.' },
        message: { type: 'string' },
        field: { type: 'string', description: "The request's field that is wrong, where it is one." },
      },
    },
  },
} as const;

/** Builds a problem's body. */
export function describeProblem(code: string, message: string, field?: string): HttpProblem {
  return { error: { code, message, ...(field === undefined ? {} : { field }) } };
}

/** Of an answer that took too long. */
const RETRY_AFTER_SECONDS = 1;

/** Statuses that fastify itself gives, and our stable codes for them. */
const CODES: Readonly<Record<number, string>> = {
  400: 'request.malformed',
  413: 'request.too_large',
  414: 'request.malformed',
  415: 'request.not_json',
  503: 'server.busy',
};

/**
 * Turns an error of a request into an answer: fastify's own (malformed, too large, not JSON) say what is wrong;
 * any other is ours, told to `onFailure` and answered with a 500 that gives nothing away.
 */
export function createErrorHandler(
  answerNotFound: ReturnType<typeof createNotFoundHandler>,
  onFailure: (request: FastifyRequest, error: Error) => void,
) {
  return (error: FastifyError, request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    // What is wrong with a body is of no interest where there is nobody to read it.
    if (request.is404) return answerNotFound(request, reply);
    const status = error.statusCode ?? 500;
    const code = CODES[status];
    if (status === 503) reply.header('retry-after', RETRY_AFTER_SECONDS);
    if (code !== undefined) return reply.code(status).send(describeProblem(code, error.message));
    onFailure(request, error);
    return reply
      .code(500)
      .send(describeProblem('server.failed', 'the server met an error; it is in its log'));
  };
}

/** The answer for a path that is no route: 405 where it is one by another method, else 404. */
export function createNotFoundHandler(methodsOf: MethodsOf) {
  return (request: FastifyRequest, reply: FastifyReply): FastifyReply => {
    const [path = ''] = request.url.split('?', 1);
    const methods = methodsOf(path);
    if (methods.length === 0) {
      const message = `no route ${request.method} ${path}`;
      return reply.code(404).send(describeProblem('request.no_route', message));
    }
    const allow = methods.join(', ');
    const message = `${path} takes ${allow}, not ${request.method}`;
    return reply.code(405).header('allow', allow).send(describeProblem('request.wrong_method', message));
  };
}
