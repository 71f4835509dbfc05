import { probeKafka } from './kafka-probe.ts';
import type { PartName } from './ports.ts';

/** The path of the Confluent-compatible API of Apicurio. */
export const REGISTRY_PATH = '/apis/ccompat/v7';

/** Whether a part on 127.0.0.1 does its work; at most about a second, never throws. */
export function checkHealth(part: PartName, port: number): Promise<boolean> {
  return checks[part](port);
}

const checks: Record<PartName, (port: number) => Promise<boolean>> = {
  kafka: probeKafka,
  registry: (port) => answersOk(`http://127.0.0.1:${port}${REGISTRY_PATH}/subjects`),
  clickhouse: (port) => answersOk(`http://127.0.0.1:${port}/?query=SELECT%201`),
};

async function answersOk(url: string): Promise<boolean> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(1000) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false;
  }
}
