import { setTimeout as delay } from 'node:timers/promises';
import type { Toxic } from '../../support/faulty-proxy.ts';
import { type Fault, pick } from './fault.ts';

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

/** A registry that fails just when a scorer needs it: one that starts knows no schema yet. */
export const REGISTRY_FAULTS: readonly Fault[] = [
  whileScorerStarts('registry away while a scorer starts', { kind: 'cut' }),
  whileScorerStarts('registry answers 500 while a scorer starts', { kind: 'answer', bytes: SERVER_ERROR }),
  whileScorerStarts('registry 1.5 s away while a scorer starts', { kind: 'delay', ms: 1_500 }),
  whileScorerStarts('registry half-open while a scorer starts', { kind: 'hole' }),
];

function whileScorerStarts(name: string, toxic: Toxic): Fault {
  return {
    name,
    async inflict({ cluster, scorers }, random) {
      const member = pick(scorers, random);
      await member.kill();
      cluster.registryProxy.poison(toxic);
      await member.start();
      await delay(AWAY_MS);
      cluster.registryProxy.poison(undefined);
    },
  };
}
