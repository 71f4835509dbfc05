import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SCRIPT = fileURLToPath(new URL('peers.py', import.meta.url));
/** The first answer loads and asks the tools themselves, which takes a minute, or many on a busy machine. */
const ANSWER_TIMEOUT_MS = 10 * 60_000;

/** What the peers are asked: see peers.py. */
export interface PeerCase {
  readonly reference: string;
  readonly windows: string;
  readonly counts: readonly number[];
  /** Rows of a chunk of NannyML's reference. */
  readonly chunk: number;
  readonly out: string;
  readonly check: boolean;
}

/** How far the formulas for all windows at once are from the tools' own answers. */
export interface PeerCheck {
  readonly evidently: string;
  readonly nannyml: string;
  readonly evidentlyDifference: number;
  readonly nannymlDifference: number;
}

/** Values by window and column; 1 is the tool's default limit. */
export interface PeerValues {
  readonly columns: number;
  readonly values: Float32Array;
  readonly check: PeerCheck | undefined;
}

/** A Python process that answers case after case. */
export interface PeerProcess {
  measure(peerCase: PeerCase): Promise<PeerValues>;
  stop(): void;
}

/** Starts peers.py; its first answer takes the seconds that Python needs to load the tools. */
export function startPeer(python: string): PeerProcess {
  // One thread each: several of these run side by side.
  const env = { ...process.env, OMP_NUM_THREADS: '1', OPENBLAS_NUM_THREADS: '1' };
  const child = spawn(python, [SCRIPT], { stdio: ['pipe', 'pipe', 'pipe'], env });
  let errors = '';
  child.stderr.on('data', (chunk: Buffer) => (errors = (errors + chunk.toString()).slice(-4_000)));
  child.stdin.on('error', () => {});
  const lines = createInterface({ input: child.stdout });
  const ended = once(child, 'exit').then(() => {
    throw new Error(`the peers' process ended:\n${errors}`);
  });
  ended.catch(() => {});
  return {
    async measure(peerCase) {
      const answered = once(lines, 'line', { signal: AbortSignal.timeout(ANSWER_TIMEOUT_MS) });
      child.stdin.write(`${JSON.stringify(peerCase)}\n`);
      const [line] = (await Promise.race([answered, ended])) as [string];
      const { columns, check } = JSON.parse(line) as Pick<PeerValues, 'columns' | 'check'>;
      const bytes = await readFile(peerCase.out);
      const values = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4).slice();
      return { columns, check, values };
    },
    stop: () => child.kill(),
  };
}
