import { loadPackage } from '@scoreline/runtime/model-package/load.ts';
import { openModel } from '@scoreline/runtime/model-package/open.ts';
import { PackageRefused, type CheckResult } from '@scoreline/runtime/model-package/refused.ts';

/** What a command has to print, and whether it succeeded. */
export interface CommandOutcome {
  readonly ok: boolean;
  readonly lines: readonly string[];
}

/** Makes every check of the package in `dir` that a service makes before it uses it, its golden rows included. */
export async function validateModel(dir: string, json: boolean): Promise<CommandOutcome> {
  const checks = await runChecks(dir);
  const ok = checks.every(({ problems }) => problems.length === 0);
  if (json) return { ok, lines: [JSON.stringify({ dir, ok, checks }, null, 2)] };
  const verdict = ok ? `${dir}: the package is good` : `${dir}: the package is refused`;
  return { ok, lines: [...checks.flatMap(describeCheck), verdict] };
}

async function runChecks(dir: string): Promise<CheckResult[]> {
  const checks: CheckResult[] = [];
  const note = (result: CheckResult): void => {
    checks.push(result);
  };
  try {
    const model = await openModel(await loadPackage(dir, note), note);
    await model.close();
  } catch (error) {
    if (!(error instanceof PackageRefused)) throw error;
  }
  return checks;
}

function describeCheck({ check, problems }: CheckResult): string[] {
  const mark = problems.length === 0 ? '✓' : '✗';
  return [`${mark} ${check}`, ...problems.map(({ code, message }) => `    ${message} [${code}]`)];
}
