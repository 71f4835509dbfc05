import { execFile } from 'node:child_process';
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
export function checkPackageApart(dir: string, timeoutMs: number = TIMEOUT_MS): Promise<CheckResult[]> {
  const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT_BYTES } as const;
  return new Promise((resolve, reject) => {
    execFile(process.execPath, [PROGRAM, dir], options, (error, output, complaints) => {
      const checks = readChecks(output);
      if (error === null) resolve(checks);
      else if (error.killed === true || typeof error.signal === 'string')
        resolve([...checks, describeEnd(error, timeoutMs)]);
      else reject(new Error(`${dir} could not be checked: ${complaints.trim() || error.message}`));
    });
  });
}

/** The program writes one line a check; the last may have been cut short. */
function readChecks(output: string): CheckResult[] {
  const lines = output.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line) as CheckResult);
}

function describeEnd(
  { killed, signal }: { readonly killed?: boolean | undefined; readonly signal?: unknown },
  timeoutMs: number,
): CheckResult {
  const problem: PackageProblem =
    killed === true
      ? {
          code: 'model.hangs',
          message: `model.onnx: opening it and scoring its golden rows took more than ${timeoutMs / 1_000} s`,
        }
      : {
          code: 'model.crashes',
          message: `model.onnx: opening it or scoring its golden rows ended the process by ${String(signal)}`,
        };
  return { check: 'model survives', problems: [problem] };
}
