import {
  type ServiceName,
  type ServiceProcess,
  startService,
} from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { until } from '../support/until.ts';

export type ActorName = 'scorer A' | 'scorer B' | 'shadow' | 'drift' | 'api' | 'controller';

/** The services on stage, by name: processes that are started, killed and started anew on the same port. */
export interface Actors {
  /** Starts a service, or starts it anew as it was, `more` apart; resolves once its process runs. */
  start(name: ActorName, more?: Readonly<Record<string, string>>): Promise<ServiceProcess>;
  untilReady(...names: readonly ActorName[]): Promise<void>;
  /** What GET `path` of a service answers, whatever its status; undefined: it doesn't. */
  ask<T>(name: ActorName, path: string): Promise<T | undefined>;
  /** SIGKILL; resolves once it is gone. */
  kill(name: ActorName): Promise<void>;
  stop(name: ActorName): Promise<void>;
  stopAll(): Promise<void>;
  /** Settles when a service ends that was neither killed nor stopped. */
  readonly failed: Promise<Error>;
}

interface Actor {
  readonly process: ServiceProcess;
  readonly port: number;
  readonly more: Readonly<Record<string, string>>;
}

const SERVICES: Readonly<Record<ActorName, ServiceName | 'api' | 'rollout'>> = {
  'scorer A': 'scorer',
  'scorer B': 'scorer',
  shadow: 'shadow',
  drift: 'drift',
  api: 'api',
  controller: 'rollout',
};
const READY_TIMEOUT_MS = 90_000;
const ANSWER_TIMEOUT_MS = 2_000;

export function createActors(env: NodeJS.ProcessEnv, logFolder: string): Actors {
  const actors = new Map<ActorName, Actor>();
  const dismissed = new WeakSet<ServiceProcess>();
  const { promise: failed, resolve: fail } = Promise.withResolvers<Error>();

  const find = (name: ActorName): Actor => {
    const actor = actors.get(name);
    if (actor === undefined) throw new Error(`${name} is not on stage`);
    return actor;
  };
  const watch = async (name: ActorName, process: ServiceProcess): Promise<void> => {
    const how = await process.exited;
    if (!dismissed.has(process)) fail(new Error(`${name} ${how}: see ${process.logFile}`));
  };
  const stop = async (name: ActorName): Promise<void> => {
    const { process } = find(name);
    dismissed.add(process);
    await process.stop();
  };
  return {
    failed,
    stop,
    async start(name, more) {
      const before = actors.get(name);
      const port = before?.port ?? (await findFreePorts(1))[0] ?? 0;
      const own = more ?? before?.more ?? {};
      const process = await startService(SERVICES[name], { env: { ...env, ...own }, port, logFolder });
      actors.set(name, { process, port, more: own });
      void watch(name, process);
      return process;
    },
    async untilReady(...names) {
      await Promise.all(names.map((name) => find(name).process.untilReady(READY_TIMEOUT_MS)));
    },
    async ask<T>(name: ActorName, path: string) {
      const signal = AbortSignal.timeout(ANSWER_TIMEOUT_MS);
      const answer = await fetch(find(name).process.url + path, { signal }).catch(() => undefined);
      return answer && ((await answer.json().catch(() => undefined)) as T | undefined);
    },
    async kill(name) {
      const actor = find(name);
      dismissed.add(actor.process);
      process.kill(actor.process.pid, 'SIGKILL');
      await actor.process.exited;
    },
    async stopAll() {
      await Promise.all([...actors.keys()].map(stop));
    },
  };
}

/** What GET /health of a scorer says of its model. */
export interface ScorerHealth {
  readonly status: 'ready' | 'not_ready';
  readonly model?: string | null;
  readonly model_problem?: string;
  readonly registry_revision?: number;
  /** The rollout that assigns leads; null: none does. */
  readonly rollout?: { readonly id: string } | null;
}

/** What GET /health of the shadow says of its candidates. */
export interface ShadowHealth {
  readonly status: 'ready' | 'not_ready';
  readonly reason?: string;
  readonly candidates?: readonly string[];
}

export const SCORERS = ['scorer A', 'scorer B'] as const;

/** Polls until every scorer says that it scores with `ref`; when the last one did, epoch milliseconds. */
export async function untilScoringWith(actors: Actors, ref: string, timeoutMs = 30_000): Promise<number> {
  const hasSwitched = async (name: ActorName): Promise<boolean> =>
    (await actors.ask<ScorerHealth>(name, '/health'))?.model === ref;
  const haveAll = async (): Promise<boolean> =>
    (await Promise.all(SCORERS.map(hasSwitched))).every((switched) => switched);
  await until(haveAll, timeoutMs, `not every scorer scored with ${ref}`);
  return Date.now();
}

/** Polls until the shadow says that it runs just these candidates. */
export async function untilShadowRuns(actors: Actors, refs: readonly string[]): Promise<void> {
  const wanted = refs.toSorted().join();
  const runsThem = async (): Promise<boolean> => {
    const health = await actors.ask<ShadowHealth>('shadow', '/health');
    return health?.candidates?.toSorted().join() === wanted;
  };
  await until(runsThem, READY_TIMEOUT_MS, `the shadow did not run ${wanted === '' ? 'nothing' : wanted}`);
}
