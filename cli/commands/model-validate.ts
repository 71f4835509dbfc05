import { checkPackageApart } from '@scoreline/runtime/model-package/check-apart.ts';
import type { CheckResult } from '@scoreline/runtime/model-package/refused.ts';

/** What a command has to print, and whether it succeeded. */
export interface CommandOutcome {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** Makes every check of the package in `dir` that a service makes before it uses it, its golden rows included. */
export async function validateModel(dir: string, json: boolean): Promise<CommandOutcome> {
  const checks = await checkPackageApart(dir);
  const ok = checks.every(({ problems }) => problems.length === 0);
  if (json) return { ok, lines: [JSON.stringify({ dir, ok, checks }, null, 2)] };
  const verdict = ok ? `${dir}: the package is good` : `${dir}: the package is refused`;
  return { ok, lines: [...checks.flatMap(describeCheck), verdict] };
}

function describeCheck({ check, problems }: CheckResult): string[] {
  const mark = problems.length === 0 ? '✓' : '✗';
  return [`${mark} ${check}`, ...problems.map(({ code, message }) => `    ${message} [${code}]`)];
}
