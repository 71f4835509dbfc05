import { type DeadLetter, letterId } from './dead-letter.ts';

/** What became of a letter so far. */
export type LetterState = 'open' | 'replayed' | 'dropped';

/** Which letters are meant; what isn't given doesn't matter. */
export interface LetterFilter {
  /** `<partition>/<offset>`. */
  readonly ids?: ReadonlySet<string> | undefined;
  readonly codes?: ReadonlySet<string> | undefined;
  readonly model?: string | undefined;
  readonly role?: string | undefined;
  readonly schemaId?: number | undefined;
  /** Of the failure, epoch milliseconds: [from, to). */
  readonly fromMs?: number | undefined;
  readonly toMs?: number | undefined;
  /** `any`, or the one state. */
  readonly state: LetterState | 'any';
}

/** Whether a letter is meant. */
export function isMeant(letter: DeadLetter, state: LetterState, filter: LetterFilter): boolean {
  const failedAtMs = Date.parse(letter.failedAt);
  return (
    (filter.state === 'any' || filter.state === state) &&
    (filter.ids?.has(letterId(letter)) ?? true) &&
    (filter.codes?.has(letter.code) ?? true) &&
    (filter.model ?? letter.model) === letter.model &&
    (filter.role ?? letter.role) === letter.role &&
    (filter.schemaId ?? letter.schemaId) === letter.schemaId &&
    failedAtMs >= (filter.fromMs ?? -Infinity) &&
    failedAtMs < (filter.toMs ?? Infinity)
  );
}
