import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { describeProblem, type HttpProblem } from '../problem.ts';
import { groupAddress } from './address-group.ts';
import { type Credentials, readCredentials } from './credentials.ts';
import type { KeyEntry } from './key-file.ts';
import type { KeyRing } from './key-ring.ts';
import type { RateLimits } from './rate-limits.ts';
import { defaultAccess, type Scope } from './scopes.ts';

/** Why a request was turned away before anything was done for it. */
export type RefusalReason = 'no_key' | 'unknown_key' | 'expired_key' | 'scope' | 'rate';

/** Who asks, by the name of the key that was brought; undefined where no keys are configured or the route is open. */
type Caller = { readonly name: string } | undefined;

export interface GuardDeps {
  /** Without it whoever reaches the port may do everything. */
  readonly keys: KeyRing | undefined;
  /** Without them nobody is held back. */
  readonly limits: RateLimits | undefined;
  readonly nowMs: () => number;
  readonly onRefused: (reason: RefusalReason) => void;
}

interface Refusal {
  readonly status: 401 | 403 | 429;
  readonly reason: RefusalReason;
  readonly problem: HttpProblem;
  readonly headers: Readonly<Record<string, string>>;
}

declare module 'fastify' {
  interface FastifyRequest {
    caller: Caller;
    /** Whether an open route may tell more than everybody may know: no keys are configured, or one that holds was brought. */
    isTrusted: boolean;
  }
}

/**
 * Lets a request on to its route, before its body is read: within the rate of its key, or of its address where it brings
 * none that holds, and with a key for one of the scopes that the route asks for. Open routes let everybody on.
 */
export function addGuard(server: FastifyInstance, deps: GuardDeps): void {
  server.decorateRequest('caller', undefined);
  server.decorateRequest('isTrusted', false);
  server.addHook('onRequest', async (request, reply) => {
    const access = request.routeOptions.config.access ?? defaultAccess(request.method);
    if (access === 'open') {
      request.isTrusted = bringsKey(request, deps);
      return undefined;
    }
    const refusal = judge(request, access, deps);
    if (refusal === undefined) return undefined;
    deps.onRefused(refusal.reason);
    return sendRefusal(request, reply, refusal);
  });
}

function bringsKey({ headers }: FastifyRequest, { keys, nowMs }: GuardDeps): boolean {
  if (keys === undefined) return true;
  const credentials = readCredentials(headers.authorization);
  const entry = credentials === undefined ? undefined : keys.find(credentials.key);
  return entry !== undefined && !isOver(entry, nowMs());
}

function isOver({ expiresAtMs }: KeyEntry, nowMs: number): boolean {
  return expiresAtMs !== undefined && expiresAtMs <= nowMs;
}

function judge(request: FastifyRequest, access: readonly Scope[], deps: GuardDeps): Refusal | undefined {
  const { keys, limits, nowMs } = deps;
  const credentials = readCredentials(request.headers.authorization);
  const entry = credentials === undefined ? undefined : keys?.find(credentials.key);
  const isGood = entry !== undefined && !isOver(entry, nowMs());
  const waitMs = limits?.take(isGood ? nameBucket(entry) : groupAddress(request.ip)) ?? 0;
  if (waitMs > 0) return tooMany(waitMs);
  if (keys === undefined) return undefined;
  if (credentials === undefined || entry === undefined) return unauthorized(request, credentials);
  if (!isGood) return expired(request);
  if (!access.some((scope) => entry.scopes.has(scope)) || !mayDecide(request, credentials)) {
    return forbidden(access);
  }
  request.caller = { name: entry.name };
  return undefined;
}

/** Of the key and not of its name: whoever goes on with the one before must not hold back the next. */
function nameBucket({ digest }: KeyEntry): string {
  return `key ${digest.toString('base64')}`;
}

/** A browser sends what it once was told along with every request, also with one that another site has it make. */
function mayDecide({ method }: FastifyRequest, { fromBrowser }: Credentials): boolean {
  return !fromBrowser || method === 'GET' || method === 'HEAD';
}

function tooMany(waitMs: number): Refusal {
  const seconds = String(Math.ceil(waitMs / 1000));
  const message = `more requests than one caller may make; again in ${seconds} s`;
  return {
    status: 429,
    reason: 'rate',
    problem: describeProblem('request.too_many', message),
    headers: { 'retry-after': seconds },
  };
}

function unauthorized(request: FastifyRequest, credentials: Credentials | undefined): Refusal {
  const isMissing = credentials === undefined;
  return {
    status: 401,
    reason: isMissing ? 'no_key' : 'unknown_key',
    problem: isMissing
      ? describeProblem('key.missing', 'bring a key: Authorization: Bearer <key>')
      : describeProblem('key.unknown', 'no such key, or not any more'),
    headers: { 'www-authenticate': challenge(request, isMissing ? '' : ', error="invalid_token"') },
  };
}

function expired(request: FastifyRequest): Refusal {
  return {
    status: 401,
    reason: 'expired_key',
    problem: describeProblem('key.expired', 'the key has ended: ask for another'),
    headers: { 'www-authenticate': challenge(request, ', error="invalid_token"') },
  };
}

function forbidden(access: readonly Scope[]): Refusal {
  const scopes = access.join(' or ');
  return {
    status: 403,
    reason: 'scope',
    problem: describeProblem('key.scope', `takes a key with the scope ${scopes}, brought as Bearer`),
    headers: {
      'www-authenticate': `Bearer realm="scoreline", error="insufficient_scope", scope="${access.join(' ')}"`,
    },
  };
}

/** RFC 6750; Basic, too, where people look at pages with a browser. */
function challenge({ method }: FastifyRequest, error: string): string {
  const bearer = `Bearer realm="scoreline"${error}`;
  return method === 'GET' ? `${bearer}, Basic realm="scoreline", charset="UTF-8"` : bearer;
}

/** A body that nobody reads, and a caller whom nobody knows, keep no connection. */
function sendRefusal(
  request: FastifyRequest,
  reply: FastifyReply,
  { status, problem, headers }: Refusal,
): FastifyReply {
  const { 'content-length': length, 'transfer-encoding': encoding } = request.headers;
  const hasBody = (length !== undefined && length !== '0') || encoding !== undefined;
  if (hasBody || status === 401) reply.header('connection', 'close');
  return reply.code(status).headers(headers).send(problem);
}
