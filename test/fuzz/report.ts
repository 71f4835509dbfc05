import type { Failure } from './engine/check-input.ts';
import type { TargetResult } from './engine/supervise.ts';
import type { FuzzOptions } from './options.ts';
import type { FuzzTargetName } from './target.ts';

/** A finding, as it is told at once. */
export function describeFinding(target: FuzzTargetName, { kind, message }: Failure, file: string): string {
  return `  ${target} ${kind}: ${message.slice(0, 1_000)}\n  kept in ${file}`;
}

/** The runs as Markdown; coverage is in characters of the product's code. */
export function renderResults(results: readonly TargetResult[]): string[] {
  return [
    '',
    '| target | inputs | a second | code reached by good inputs | by all | inputs that reached new code | findings |',
    '| --- | --: | --: | --: | --: | --: | --: |',
    ...results.map(({ target, inputs, seconds, seedCoverage, coverage, reached, findings }) => {
      const rate = Math.round(inputs / Math.max(1, seconds));
      const cells = [target, inputs, rate, seedCoverage, coverage, reached.length, findings.length];
      return `| ${cells.map((cell) => cell.toLocaleString('en')).join(' | ')} |`;
    }),
  ];
}

/** The runs for programs; inputs are in hexadecimal. */
export function toJson({ seed, seconds }: FuzzOptions, results: readonly TargetResult[]): string {
  const readable = results.map(({ reached, findings, ...rest }) => ({
    ...rest,
    reached: reached.length,
    findings: findings.map(({ failure, input }) => ({ ...failure, hex: input.toString('hex') })),
  }));
  return `${JSON.stringify({ seed, seconds, targets: readable }, null, 2)}\n`;
}
