import { readFile } from 'node:fs/promises';
import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ServiceProcess, startService } from '@scoreline/infra/demo/service-process.ts';
import { findFreePorts } from '@scoreline/infra/local/ports.ts';
import { startStack } from '@scoreline/infra/local/stack.ts';
import { setUp } from '@scoreline/infra/setup/setup.ts';

/** Services on a stack of their own. */
export interface FuzzedServices {
  readonly targets: readonly { readonly name: string; readonly url: string }[];
  stop(): Promise<void>;
}

const MODELS = fileURLToPath(new URL('../../../models', import.meta.url));
const VERSIONS = ['1.0.0', '1.1.0'];

/** Starts a stack, scorer and API, and registers two versions, so that there is something to ask about. */
export async function startServices(home: string, log: (line: string) => void): Promise<FuzzedServices> {
  const stack = await startStack({ home, ports: 'free', keepData: false, log });
  const services: ServiceProcess[] = [];
  const stop = async (): Promise<void> => {
    await Promise.all(services.map((service) => service.stop()));
    await stack.stop();
  };
  try {
    await setUp({ env: stack.env, log: () => {} });
    const [scorerPort = 0, apiPort = 0] = await findFreePorts(2);
    // Requests come as fast as they are answered.
    const env = { ...process.env, ...stack.env, MODEL_STORE: MODELS, HTTP_RATE_LIMIT: '0' };
    const scorer = await startService('scorer', {
      env: { ...env, MODEL: 'bank-leads@1.1.0' },
      port: scorerPort,
      logFolder: home,
    });
    services.push(scorer);
    const api = await startService('api', { env, port: apiPort, logFolder: home });
    services.push(api);
    await Promise.all(services.map((service) => service.untilReady()));
    await registerVersions(api.url);
    return { targets: services.map(({ name, url }) => ({ name, url })), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function registerVersions(apiUrl: string): Promise<void> {
  const decider = { actor: 'fuzz', reason: 'something to ask about' };
  for (const version of VERSIONS) {
    const manifest = await readFile(join(MODELS, 'bank-leads', version, 'manifest.json'));
    const manifest_sha256 = createHash('sha256').update(manifest).digest('hex');
    await post(`${apiUrl}/models`, { uri: `bank-leads/${version}`, manifest_sha256, ...decider });
    await post(`${apiUrl}/models/bank-leads@${version}/stage`, decider);
  }
}

async function post(url: string, body: object): Promise<void> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(120_000),
  });
  if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
}
