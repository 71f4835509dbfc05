import type { PackageProblem } from '@scoreline/core/model-package/problem.ts';

/** What became of a decision, whatever it was about. */
type Outcome =
  | {
      readonly ok: true;
      readonly changed: boolean;
      readonly message: string;
      readonly warnings: readonly string[];
      readonly state: { readonly revision: number };
    }
  | {
      readonly ok: false;
      readonly code: string;
      readonly message: string;
      readonly problems: readonly PackageProblem[];
    };

/** A decision's outcome for a person: done, as asked already, or refused with everything that is wrong. */
export function describeOutcome(outcome: Outcome): string[] {
  if (!outcome.ok) {
    const problems = outcome.problems.map(({ code, message }) => `    ${message} [${code}]`);
    return [`✗ ${outcome.message} [${outcome.code}]`, ...problems];
  }
  const { changed, message, state, warnings } = outcome;
  const revision = changed ? ` (revision ${state.revision})` : '';
  return [...warnings.map((warning) => `! ${warning}`), `${changed ? '✓' : '='} ${message}${revision}`];
}
