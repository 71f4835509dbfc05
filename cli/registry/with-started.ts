/** Why a command could not be tried at all; told to the person as it is. */
export class CommandFailed extends Error {}

/** How long a command waits for brokers, schema registry and topic before it gives up. */
const PATIENCE_MS = 15_000;

/** Something that reads logs of decisions to their ends before it can be asked. */
interface Startable {
  start(onWaiting: (reason: string) => void): Promise<void>;
  close(): Promise<void>;
}

/** Starts it, does `work` with it, and lets go of it; `name` is what can't be reached where that takes too long. */
export async function withStarted<T>(open: Startable, name: string, work: () => Promise<T>): Promise<T> {
  const waiting = createPatience(name);
  try {
    await Promise.race([open.start(waiting.onWaiting), waiting.lost]);
    waiting.end();
    return await work();
  } finally {
    waiting.end();
    await open.close();
  }
}

/** `lost` rejects, with what was waited for last, once patience has run out. */
function createPatience(name: string) {
  let reason = 'no answer';
  const { promise: lost, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(
    () => reject(new CommandFailed(`${name} can't be reached: ${reason}`)),
    PATIENCE_MS,
  );
  lost.catch(() => undefined);
  return { lost, onWaiting: (why: string) => void (reason = why), end: () => clearTimeout(timer) };
}
