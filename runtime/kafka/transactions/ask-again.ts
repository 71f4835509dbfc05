import { setTimeout as delay } from 'node:timers/promises';

const FIRST_WAIT_MS = 2;
const LONGEST_WAIT_MS = 200;
const GIVE_UP_AFTER_MS = 8_000;

/** Asks again, soon and then less often, while what it throws passes by itself; at most for some seconds. */
export async function askAgain<Answer>(
  question: () => Promise<Answer>,
  isPassing: (error: unknown) => boolean,
): Promise<Answer> {
  const giveUpAt = performance.now() + GIVE_UP_AFTER_MS;
  for (let waitMs = FIRST_WAIT_MS; ; waitMs = Math.min(2 * waitMs, LONGEST_WAIT_MS)) {
    try {
      return await question();
    } catch (error) {
      if (!isPassing(error) || performance.now() > giveUpAt) throw error;
    }
    await delay(waitMs);
  }
}
