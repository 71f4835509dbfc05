import { join } from 'node:path';
import { runJava } from '../java.ts';
import type { Drained } from './drain-backlog.ts';

/** Kafka's own client on the same backlog, both ways. */
export interface JavaCopies {
  readonly plain: JavaCopy;
  readonly exactlyOnce: JavaCopy;
}

export type JavaCopy = Pick<Drained, 'records' | 'perSecond' | 'cpuSeconds'>;

const PROGRAM = join(import.meta.dirname, 'Copy.java');
/** Four copies of a backlog of millions. */
const TIMEOUT_MS = 1_200_000;

/** Copies `from` to `to`, plainly and exactly once, by Copy.java. */
export async function copyByJava(
  brokers: string,
  { from, to, groupId }: { readonly from: string; readonly to: string; readonly groupId: string },
): Promise<JavaCopies> {
  const args = [brokers, from, to, groupId];
  const output = await runJava({ program: PROGRAM, args, jvm: ['-Xmx512m'], timeoutMs: TIMEOUT_MS });
  return JSON.parse(output) as JavaCopies;
}
