import { join } from 'node:path';

import { provideDist } from './dist.ts';
import { LIGHT_JVM } from './java.ts';
import type { JavaPartContext } from './kafka-part.ts';
import type { Part } from './part.ts';

/**
 * Apicurio Registry, which keeps its schemas in Kafka (kafkasql): they outlive a restart and a kill -9. Its
 * topic auto-create variables stay unset: it would hand them to Kafka as topic settings and fail to start.
 */
export function createRegistryPart(
  port: number,
  kafkaBrokers: string,
  { home, java, log }: JavaPartContext,
): Part {
  const prepare: Part['prepare'] = async () => {
    const dist = await provideDist('registry', home.dist, log);
    const jvm = ['-Xmx256m', ...LIGHT_JVM, '-XX:+ExitOnOutOfMemoryError'];
    return {
      program: java,
      args: [...jvm, '-jar', join(dist, 'apicurio-registry-app-3.0.9-runner.jar')],
      env: {
        ...process.env,
        QUARKUS_HTTP_HOST: '127.0.0.1',
        QUARKUS_HTTP_PORT: String(port),
        QUARKUS_HTTP_ACCESS_LOG_ENABLED: 'false',
        APICURIO_STORAGE_KIND: 'kafkasql',
        APICURIO_KAFKASQL_BOOTSTRAP_SERVERS: kafkaBrokers,
      },
      logFile: join(home.logs, 'registry.log'),
    };
  };
  return { name: 'registry', port, startDeadlineMs: 120_000, prepare };
}
