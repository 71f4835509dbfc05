import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { provideKafkaClient } from '@scoreline/infra/local/kafka-client.ts';

/** A program on Kafka's Java client: a source file or the name of a class, and what it is given. */
export interface JavaProgram {
  readonly program: string;
  readonly args: readonly string[];
  /** For the JVM: its memory, its compiler. */
  readonly jvm: readonly string[];
  readonly timeoutMs: number;
  /** Standard input; absent: none. */
  readonly input?: Iterable<string>;
}

const MAX_ERROR_CHARS = 2_000;

/** Runs it to its end; what it printed. Throws with its complaints where it fails or takes too long. */
export async function runJava({ program, args, jvm, timeoutMs, input = [] }: JavaProgram): Promise<string> {
  const { java, classPath } = await provideKafkaClient();
  const child = spawn(java, [...jvm, '-cp', classPath, program, ...args], { timeout: timeoutMs });
  const [output, complaints] = [collect(child.stdout), collect(child.stderr)];
  const closed = once(child, 'close') as Promise<[number | null, NodeJS.Signals | null]>;
  // One that ends before it has read all says why on its standard error.
  const feeding = pipeline(Readable.from(input), child.stdin).catch(() => undefined);
  const [status, signal] = await closed;
  await feeding;
  if (status !== 0) {
    const said = (await complaints).trim().slice(-MAX_ERROR_CHARS);
    throw new Error(`${program} ended with ${signal ?? `status ${status}`}: ${said}`);
  }
  return output;
}

async function collect(stream: Readable): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
