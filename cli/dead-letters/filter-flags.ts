import type { LetterFilter, LetterState } from '@scoreline/runtime/dead-letters/letter-filter.ts';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { readTime } from '../commands/shadow-report.ts';

/** Which letters a command is about. */
export interface FilterFlags {
  readonly code?: readonly string[];
  readonly model?: string;
  readonly role?: string;
  readonly schema?: number;
  readonly from?: number;
  readonly to?: number;
}

/** Adds them to a command; with none of them, and no ids, all letters are meant. */
export function addFilterFlags(command: Command): Command {
  return command
    .option('--code <code...>', 'their dlq.error.code, one or more: value.malformed')
    .option('--model <name@version>', 'the version that gave them up')
    .addOption(new Option('--role <role>', 'who gave them up').choices(['production', 'shadow']))
    .option('--schema <id>', 'the schema id that they name', readWholeNumber)
    .option('--from <time>', 'failed at this time or later, ISO 8601', readTime)
    .option('--to <time>', 'failed before this time', readTime);
}

/** The filter that ids and flags mean. */
export function toFilter<S extends LetterState | 'any'>(
  ids: readonly string[],
  flags: FilterFlags,
  state: S,
): LetterFilter & { readonly state: S } {
  return {
    ids: ids.length === 0 ? undefined : new Set(ids),
    codes: flags.code === undefined ? undefined : new Set(flags.code),
    model: flags.model,
    role: flags.role,
    schemaId: flags.schema,
    fromMs: flags.from,
    toMs: flags.to,
    state,
  };
}

/** Whether anything narrows down what is meant. */
export function isNarrowed(ids: readonly string[], flags: FilterFlags): boolean {
  const { code, model, role, schema, from, to } = flags;
  return ids.length > 0 || [code, model, role, schema, from, to].some((flag) => flag !== undefined);
}

/** `<partition>/<offset>` arguments. */
export function readLetterIds(text: string, earlier: readonly string[] = []): string[] {
  if (/^\d+\/\d+$/.test(text)) return [...earlier, text];
  throw new InvalidArgumentError('A letter is named <partition>/<offset>, e.g. 3/1042.');
}

/** A whole number, 0 or above. */
export function readWholeNumber(text: string): number {
  const number = Number(text);
  if (text.trim() !== '' && Number.isSafeInteger(number) && number >= 0) return number;
  throw new InvalidArgumentError('A whole number, 0 or above.');
}
