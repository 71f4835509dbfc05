import { execFile, type ExecFileException } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';
import type { CheckResult } from './refused.ts';

/** Reading a large package, opening its model and scoring its golden rows takes a few seconds at most. */
const TIMEOUT_MS = 60_000;
const MAX_OUTPUT_BYTES = 4 * 1024 * 1024;
const PROGRAM = fileURLToPath(new URL('check-program.ts', import.meta.url));

/**
 * Makes every check of the package in `dir` that a service makes before it uses it, golden rows included, in a
 * process of its own: a model that crashes onnxruntime (a segmentation fault is no exception), takes all memory or
 * never comes to an end takes that process with it, and is told as a problem of the check that was under way.
 */
export async function checkPackageApart(
  dir: string,
  timeoutMs: number = TIMEOUT_MS,
): Promise<readonly CheckResult[]> {
  const { error, output, complaints } = await runProgram(dir, timeoutMs);
  const checks = readChecks(output);
  if (error === null) return checks;
  // Without a signal the program itself failed: nothing is known of the package.
  if (typeof error.signal === 'string') return [...checks, describeEnd(error, timeoutMs)];
  throw new Error(`${dir} could not be checked: ${complaints.trim() || error.message}`, { cause: error });
}

interface Ended {
  readonly error: ExecFileException | null;
  readonly output: string;
  readonly complaints: string;
}

function runProgram(dir: string, timeoutMs: number): Promise<Ended> {
  const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES } as const;
  return new Promise((resolve) => {
    execFile(process.execPath, [PROGRAM, dir], options, (error, output, complaints) =>
      resolve({ error, output, complaints }),
    );
  });
}

/** The program writes one line a check; the last may have been cut short. */
function readChecks(output: string): CheckResult[] {
  const lines = output.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as CheckResult);
}

function describeEnd({ killed, signal }: ExecFileException, timeoutMs: number): CheckResult {
  const what = 'opening it and scoring its golden rows';
  const problem: PackageProblem =
    killed === true
      ? { code: 'model.hangs', message: `model.onnx: ${what} took more than ${timeoutMs / 1_000} s` }
      : { code: 'model.crashes', message: `model.onnx: ${what} ended the process by ${signal}` };
  return { check: 'model survives', problems: [problem] };
}
