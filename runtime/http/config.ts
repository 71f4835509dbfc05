import { z } from 'zod';
import { optionalPort, port } from '../config/common.ts';
import { readKeyFile } from './access/key-ring.ts';

const MOST_PER_SECOND = 100_000;

/** What every service's HTTP server reads; `standardPort` is the service's own. */
export function httpEnv(standardPort: number) {
  return {
    HTTP_HOST: z.string().default('127.0.0.1'),
    HTTP_PORT: port(standardPort),
    /** Who may ask for what; it is read again when it changes. */
    HTTP_KEYS_FILE: z.string().superRefine(checkKeyFile).optional(),
    /** `true`: without keys others may be let in, as something in front knows who they are. */
    HTTP_ALLOW_OPEN: z
      .enum(['true', 'false'], "'true' or 'false'")
      .default('false')
      .transform((text) => text === 'true'),
    /** Requests a second of each key, or of each address that brings none that holds; 0: as many as they like. */
    HTTP_RATE_LIMIT: z
      .string()
      .regex(/^\d{1,6}$/, `a whole number from 0 to ${MOST_PER_SECOND}`)
      .default('1000')
      .transform(Number)
      .refine((rate) => rate <= MOST_PER_SECOND, `a whole number from 0 to ${MOST_PER_SECOND}`),
    /** Has /metrics, and /health and /live too; HTTP_PORT then has no /metrics. */
    METRICS_PORT: optionalPort(),
  };
}

function checkKeyFile(path: string, context: z.RefinementCtx): void {
  const read = readKeyFile(path);
  if (read.ok) return;
  for (const message of read.problems) context.addIssue({ code: 'custom', message });
}

const OTHERS_GET_IN =
  'others reach this address, and there are no keys: set HTTP_KEYS_FILE (scoreline keys new), or HTTP_ALLOW_OPEN=true where something in front knows who they are';

/** `127.1` and other spellings are not taken for what they are: they get the message. */
const LOOPBACK = /^(localhost|::1|127(\.\d+){3})$/;

/** Any of them may be a problem itself, and then be anything. */
interface HttpHost {
  readonly HTTP_HOST: unknown;
  readonly HTTP_KEYS_FILE?: unknown;
  readonly HTTP_ALLOW_OPEN: unknown;
}

/** The rule that no variable keeps by itself: who listens for others has keys, or says that none are needed. */
export const keysWhereOthersReach = z.refine<HttpHost>(
  ({ HTTP_HOST: host, HTTP_KEYS_FILE: keysFile, HTTP_ALLOW_OPEN: isOpen }) =>
    keysFile !== undefined || isOpen === true || (typeof host === 'string' && LOOPBACK.test(host)),
  // Beside every other problem, which is told at once with it.
  { path: ['HTTP_HOST'], error: OTHERS_GET_IN, when: () => true },
);

/** The variables of `httpEnv` as read. */
export type HttpEnv = z.output<z.ZodObject<ReturnType<typeof httpEnv>>>;

/** How a service's HTTP server is to be. */
export interface HttpSettings {
  readonly keysFile: string | undefined;
  /** Of each caller; 0: no limit. */
  readonly requestsPerSecond: number;
  /** Where the metrics have an address of their own. */
  readonly metrics: { readonly host: string; readonly port: number } | undefined;
}

/** The settings that the environment names. */
export function toHttpSettings(env: HttpEnv): HttpSettings {
  const { HTTP_HOST: host, METRICS_PORT: metricsPort } = env;
  return {
    keysFile: env.HTTP_KEYS_FILE,
    requestsPerSecond: env.HTTP_RATE_LIMIT,
    metrics: metricsPort === undefined ? undefined : { host, port: metricsPort },
  };
}
