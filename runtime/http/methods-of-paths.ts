import type { FastifyInstance } from 'fastify';

/** The methods that a path takes; none where it is no route. */
export type MethodsOf = (path: string) => readonly string[];

/** Follows which routes are added to a server from now on. */
export function followRoutes(server: FastifyInstance): MethodsOf {
  const methods = new Map<string, Set<string>>();
  server.addHook('onRoute', ({ url, method }) => {
    const known = methods.get(url) ?? new Set();
    for (const each of [method].flat()) known.add(each);
    methods.set(url, known);
  });
  return (path) => {
    const found = [...methods].filter(([pattern]) => isOf(pattern, path));
    return [...new Set(found.flatMap(([, of]) => [...of]))].sort();
  };
}

/** A pattern's `:name` stands for one step. */
function isOf(pattern: string, path: string): boolean {
  const [wanted, steps] = [pattern.split('/'), path.split('/')];
  return (
    wanted.length === steps.length &&
    wanted.every((step, index) => (step.startsWith(':') ? steps[index] !== '' : step === steps[index]))
  );
}
