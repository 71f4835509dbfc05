import type { RoleVerdict } from './judge.ts';

/** What can be wrong at the end of a run, beside that it shows nothing. */
export type Wrong =
  | Exclude<keyof RoleVerdict, 'scores' | 'deadLetters'>
  | 'hangingTransactions'
  | 'hangs'
  | 'lostRows'
  | 'wrongWindows';
