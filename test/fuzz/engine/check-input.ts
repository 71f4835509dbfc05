import { getHeapStatistics } from 'node:v8';
import type { OpenTarget } from '../target.ts';

/** A promise that an input broke. */
export interface Failure {
  readonly kind:
    'threw' | 'broke its promise' | 'took too long' | 'took too much memory' | 'hung' | 'ran out of memory';
  readonly message: string;
}

/** Of an input of n bytes: this and n times that is what it may cost. */
const MAX_CPU_MS = 500;
const CPU_MS_PER_BYTE = 0.01;
const MAX_HEAP_BYTES = 64 * 1024 * 1024;
const HEAP_PER_BYTE = 1_000;

/** Feeds one input to a target and measures what it costs this thread; undefined where all held. */
export async function checkInput(target: OpenTarget, input: Buffer): Promise<Failure | undefined> {
  const bytesBefore = heldBytes();
  const cpuBefore = process.threadCpuUsage();
  let broken: string | undefined;
  try {
    broken = await target.take(input);
  } catch (error) {
    return { kind: 'threw', message: describe(error) };
  }
  if (broken !== undefined) return { kind: 'broke its promise', message: broken };
  const { user, system } = process.threadCpuUsage(cpuBefore);
  const cpuMs = (user + system) / 1_000;
  if (cpuMs > MAX_CPU_MS + input.length * CPU_MS_PER_BYTE)
    return { kind: 'took too long', message: `${Math.round(cpuMs)} ms for ${input.length} bytes` };
  const grown = heldBytes() - bytesBefore;
  if (grown > MAX_HEAP_BYTES + input.length * HEAP_PER_BYTE)
    return { kind: 'took too much memory', message: `${grown} bytes for ${input.length} bytes` };
  return undefined;
}

/** Failures with the same one have, as a rule, the same cause. */
export function signatureOf({ kind, message }: Failure): string {
  const words = message
    .replace(/ \(\S+:\d+\)$/, '')
    .replace(/\d+/g, 'N')
    .replace(/'[^']*'/g, "'…'");
  return `${kind}: ${words.slice(0, 200)}`;
}

function heldBytes(): number {
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const frame = error.stack?.split('\n').find((line) => line.includes('file:'));
  const place = /([^/]+:\d+):\d+\)?$/.exec(frame ?? '')?.[1];
  return `${error.name}: ${error.message}${place === undefined ? '' : ` (${place})`}`;
}
