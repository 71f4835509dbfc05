import { setTimeout as delay } from 'node:timers/promises';
import type { Toxic } from '../../support/faulty-proxy.ts';
import { type Fault, pick } from './fault.ts';
import { whileMayEnd } from './process-faults.ts';

const ERROR_BODY = '{"error_code":50001,"message":"storage is away"}';
const SERVER_ERROR = [
  'HTTP/1.1 500 Internal Server Error',
  'Content-Type: application/json',
  `Content-Length: ${ERROR_BODY.length}`,
  'Connection: close',
  '',
  ERROR_BODY,
].join('\r\n');

const AWAY_MS = 5_000;

/** A registry that fails just when a service needs it: one that starts knows no schema yet. */
export const REGISTRY_FAULTS: readonly Fault[] = [
  whileStarts('scorer', 'registry away', { kind: 'cut' }),
  whileStarts('scorer', 'registry answers 500', { kind: 'answer', bytes: SERVER_ERROR }),
  whileStarts('scorer', 'registry 1.5 s away', { kind: 'delay', ms: 1_500 }),
  whileStarts('scorer', 'registry half-open', { kind: 'hole' }),
  whileStarts('shadow', 'registry away', { kind: 'cut' }),
  whileStarts('shadow', 'registry half-open', { kind: 'hole' }),
  {
    name: "registry away from the shadows' network while they run",
    async inflict({ cluster }) {
      cluster.shadowRegistryProxy.poison({ kind: 'cut' });
      await delay(AWAY_MS);
      cluster.shadowRegistryProxy.poison(undefined);
    },
  },
];

function whileStarts(role: 'scorer' | 'shadow', what: string, toxic: Toxic): Fault {
  return {
    name: `${what} while a ${role} starts`,
    async inflict({ cluster, scorers, shadows }, random) {
      const member = pick(role === 'scorer' ? scorers : shadows, random);
      const proxy = role === 'scorer' ? cluster.registryProxy : cluster.shadowRegistryProxy;
      await member.kill();
      proxy.poison(toxic);
      await member.start();
      await whileMayEnd(member, async () => {
        await delay(AWAY_MS);
        proxy.poison(undefined);
      });
    },
  };
}
