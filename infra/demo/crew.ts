import type { DemoConfig } from './config.ts';
import type { DemoEnvironment } from './environment.ts';
import { type ServiceName, type ServiceProcess, startService } from './service-process.ts';

/** The three services of the demo, as processes. */
export interface Crew {
  readonly ports: Readonly<Record<ServiceName, number>>;
  /** Settles when one ends that wasn't asked to. */
  readonly failed: Promise<Error>;
  /** Ends them all, each after what it has at hand. */
  stop(): Promise<void>;
}

/** Starts scorer, shadow and drift, and resolves once all are ready. Throws, and ends them, where one can't be. */
export async function startCrew(
  { model, candidate }: DemoConfig,
  { env, logFolder }: DemoEnvironment,
  ports: Crew['ports'],
  log: (line: string) => void,
): Promise<Crew> {
  const names = Object.keys(ports) as ServiceName[];
  const scoring = [ports.scorer, ports.shadow].map((port) => `http://127.0.0.1:${port}/metrics`);
  const serviceEnv = { METRICS_URLS: scoring.join(','), ...env, MODEL: model, CANDIDATE: candidate };
  const services = await Promise.all(
    names.map((name) => startService(name, { env: serviceEnv, port: ports[name], logFolder })),
  );
  const stop = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.stop()));
  };
  try {
    await Promise.all(services.map((service) => untilReady(service, log)));
  } catch (error) {
    await stop();
    throw error;
  }
  return { ports, stop, failed: Promise.race(services.map(describeEnd)) };
}

async function untilReady(service: ServiceProcess, log: (line: string) => void): Promise<void> {
  const begun = Date.now();
  await service.untilReady();
  log(`${service.name} … ready on ${service.url} (${((Date.now() - begun) / 1000).toFixed(1)} s)`);
}

async function describeEnd({ name, exited, logFile }: ServiceProcess): Promise<Error> {
  return new Error(`${name} ${await exited}: see ${logFile}`);
}
