import type { Logger } from 'pino';

/** A service that has been started. */
export interface RunningService {
  /** Finishes what is at hand and lets go of everything. */
  stop(): Promise<void>;
  /** Settles when the service can't go on: the process then exits 1, for its supervisor to start it anew. */
  readonly failed: Promise<Error>;
}

/** How long a stop may take before the process exits all the same; exactly-once survives that too. */
const STOP_GRACE_MS = 20_000;

/**
 * Runs a service until SIGTERM or SIGINT (exit 0) or its failure (exit 1). An error that nobody expected crashes
 * the process: it replays from the last committed offset.
 */
export async function runService(log: Logger, start: () => Promise<RunningService>): Promise<void> {
  process.on('uncaughtException', (error) => exitWith(log, error));
  process.on('unhandledRejection', (reason) => exitWith(log, reason));
  const signalled = new Promise<NodeJS.Signals>((resolve) => {
    for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => resolve(signal));
  });
  const starting = start().catch((error: unknown) => exitWith(log, error));
  const service = await Promise.race([starting, signalled]);
  // Told to stop while it still waits for something: nothing is at hand yet.
  if (typeof service === 'string') process.exit(0);
  log.info('started');
  const end = await Promise.race([signalled, service.failed]);
  if (end instanceof Error) log.fatal({ err: end }, 'the service can not go on');
  else log.info({ signal: end }, 'stopping');
  setTimeout(
    () => exitWith(log, new Error(`not stopped within ${STOP_GRACE_MS / 1000} s`)),
    STOP_GRACE_MS,
  ).unref();
  await service.stop();
  log.info('stopped');
  process.exit(end instanceof Error ? 1 : 0);
}

function exitWith(log: Logger, error: unknown): never {
  log.fatal({ err: error }, 'the service failed');
  process.exit(1);
}
