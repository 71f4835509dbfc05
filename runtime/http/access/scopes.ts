/** What a key may be good for. None implies another: a key that decides and reads names both. */
export const SCOPES = ['score', 'read', 'operate', 'metrics'] as const;

export type Scope = (typeof SCOPES)[number];

/** Who may ask for a route: holders of one of these scopes, or, `open`, anybody. */
export type Access = readonly Scope[] | 'open';

/** Whatever a key is good for: a route that every holder may ask for. */
export const ANY_SCOPE: Access = ['score', 'read', 'operate'];

/** A route that doesn't say who may ask for it is read by GET, and decides something by any other method. */
export function defaultAccess(method: string): Access {
  return method === 'GET' || method === 'HEAD' ? ['read'] : ['operate'];
}

declare module 'fastify' {
  interface FastifyContextConfig {
    /** Who may ask for the route where keys are configured; without it `defaultAccess`. */
    access?: Access;
  }
}
