/**
 * For the harness alone: a process that is sent SIGUSR2 kills itself, as `kill -9` does, the next time it passes the
 * point that CRASH_POINT_FILE names by then; any other text there disarms it.
 */
import { readFileSync } from 'node:fs';

/** Where a process can be made to end: of a transaction, of a batch that is stored, of a window that is closed. */
export type CrashPoint =
  | 'after-read'
  | 'after-send'
  | 'before-commit'
  | 'during-commit'
  | 'after-commit'
  | 'in-rebalance'
  | 'before-rows'
  | 'after-rows'
  | 'after-marks'
  | 'before-offsets'
  | 'after-offsets'
  | 'in-window'
  | 'before-decision'
  | 'after-decision';

let armed: string | undefined;
process.on('SIGUSR2', () => {
  armed = readFileSync(process.env['CRASH_POINT_FILE'] ?? '', 'utf8');
});

/** Ends the process where it was armed for this point. */
export function pass(point: CrashPoint): void {
  if (armed === point) process.kill(process.pid, 'SIGKILL');
}
