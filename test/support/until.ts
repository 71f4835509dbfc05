import { setTimeout as delay } from 'node:timers/promises';
import { openGroupProgress } from '@scoreline/runtime/kafka/group-progress.ts';

const POLL_MS = 200;

/** Polls until `isSo`, or throws, in the words of `what`. */
export async function until(
  isSo: () => Promise<boolean>,
  timeoutMs: number,
  what = 'it was not so',
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  while (!(await isSo())) {
    if (Date.now() > deadline) throw new Error(`${what} within ${timeoutMs / 1000} s`);
    await delay(POLL_MS);
  }
}

/** Does it again and again until it doesn't throw; in the end throws, and says why. */
export async function untilItWorks(
  work: () => Promise<unknown>,
  timeoutMs: number,
  what: string,
): Promise<void> {
  const deadline = Date.now() + timeoutMs;
  for (;;) {
    try {
      await work();
      return;
    } catch (error) {
      if (Date.now() > deadline)
        throw new Error(`${what} within ${timeoutMs / 1000} s: ${String(error)}`, { cause: error });
    }
    await delay(POLL_MS);
  }
}

/** Where a stream's topics are. */
export interface StreamLocation {
  readonly KAFKA_BROKERS: string;
  readonly TOPIC_PREFIX: string;
}

/** Waits until a group (its name without the prefix) has committed everything on lead-created. */
export async function untilGroupHasRead(
  env: StreamLocation,
  group: string,
  timeoutMs = 90_000,
): Promise<void> {
  const progress = await openGroupProgress(
    { brokers: env.KAFKA_BROKERS.split(','), clientId: 'test' },
    () => {},
  );
  try {
    const topic = `${env.TOPIC_PREFIX}lead-created`;
    // A broker that can't tell just now is asked again.
    const readLag = () => progress.readLag(env.TOPIC_PREFIX + group, topic).catch(() => Infinity);
    const hasRead = async () => (await readLag()) === 0;
    await until(hasRead, timeoutMs, `${group} had not read ${topic} to its end`);
  } finally {
    await progress.close();
  }
}
