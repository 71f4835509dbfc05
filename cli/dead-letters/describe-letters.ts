import { letterId } from '@scoreline/runtime/dead-letters/dead-letter.ts';
import type { LetterInHand } from '@scoreline/runtime/dead-letters/letter-box.ts';
import type { Settled } from '@scoreline/runtime/dead-letters/settle-letters.ts';
import { renderTables } from '../reports/table.ts';

/** Letters as a table: where each stands and came from, and why; never what is in it. */
export function describeLetters(letters: readonly LetterInHand[], total: number): string[] {
  if (total === 0) return ['no dead letters'];
  const rows = letters.map(({ letter, state }) => [
    letterId(letter),
    state,
    letter.failedAt,
    letter.code,
    `${letter.source.topic} ${letter.source.partition}/${letter.source.offset}`,
    letter.model,
    letter.message,
  ]);
  const columns = ['letter', 'state', 'failed at', 'code', 'source', 'given up by', 'message'];
  const left = total - letters.length;
  const notes = left === 0 ? [] : [`and ${left} more: --limit, or narrow it down`];
  return renderTables([{ title: `${total} dead letters`, columns, rows, notes }], 'text');
}

/** A letter for programs: all but its bytes. */
export function letterToJson({ letter, state }: LetterInHand): object {
  const { key, value, headers: _, ...rest } = letter;
  return {
    letter: letterId(letter),
    state,
    ...rest,
    key_bytes: key?.length ?? null,
    value_bytes: value?.length ?? null,
  };
}

/** How many letters there are of each code, the most frequent first. */
export function countByCode(letters: Iterable<LetterInHand>): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const { letter } of letters) counts.set(letter.code, (counts.get(letter.code) ?? 0) + 1);
  return new Map([...counts].sort(([, a], [, b]) => b - a));
}

/** What replaying or dropping came to. */
export function describeSettled(
  { settled, refused }: Settled,
  { verb, isDryRun }: { readonly verb: 'replay' | 'drop'; readonly isDryRun: boolean },
): string[] {
  const done = { replay: 'replayed', drop: 'dropped' }[verb];
  const count = `${settled.length} ${settled.length === 1 ? 'letter' : 'letters'}`;
  return [
    ...refused.map(({ id, why }) => `✗ ${id} stays open: ${why}`),
    isDryRun ? `would ${verb} ${count}; nothing was written` : `${done} ${count}`,
  ];
}
