import type { PackageProblem, PackageProblemCode } from '@scoreline/core/model-package/problem.ts';

/** A model package that must not be used, with everything that was found wrong with it. */
export class PackageRefused extends Error {
  override readonly name = 'PackageRefused';
  /** The first problem's code. */
  readonly code: PackageProblemCode;
  readonly problems: readonly PackageProblem[];

  constructor(dir: string, problems: readonly [PackageProblem, ...PackageProblem[]]) {
    super([`model package ${dir} is refused:`, ...problems.map(({ message }) => `  ${message}`)].join('\n'));
    this.code = problems[0].code;
    this.problems = problems;
  }
}

/** One question asked of a package, answered: no problems is a pass. */
export interface CheckResult {
  readonly check: string;
  readonly problems: readonly PackageProblem[];
}

/** Told of each check of a package as it is made; for whoever shows them. */
export type CheckListener = (result: CheckResult) => void;

/** The answers of a package's checks, in order. */
export interface Checklist {
  record(check: string, problems: readonly PackageProblem[]): void;
  /** No check so far found a problem. */
  passed(): boolean;
  /** What to throw where one did. */
  refusal(): Error;
}

/** A checklist for the package in `dir`; `onCheck` is told of each answer as it comes. */
export function createChecklist(dir: string, onCheck: CheckListener): Checklist {
  const found: PackageProblem[] = [];
  return {
    record(check, problems) {
      found.push(...problems);
      onCheck({ check, problems });
    },
    passed: () => found.length === 0,
    refusal() {
      const [first, ...rest] = found;
      if (first === undefined)
        return new TypeError(`${dir} is refused though no check failed: a bug of the loader`);
      return new PackageRefused(dir, [first, ...rest]);
    },
  };
}
