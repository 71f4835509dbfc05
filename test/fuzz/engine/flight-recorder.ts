import { MAX_INPUT_BYTES } from './mutate-bytes.ts';

/** What a thread is at, readable from outside also while it hangs or after it has died. */
export interface FlightRecorder {
  /** To be handed to the other thread. */
  readonly memory: SharedArrayBuffer;
  /** Says that this input is under way. */
  begin(input: Buffer): void;
  /** Inputs begun so far. */
  begun(): number;
  /** A copy of the one under way. */
  current(): Buffer;
}

const HEAD_BYTES = 8;
const [BEGUN, LENGTH] = [0, 1];

/** A recorder; with `memory`, the other end of one. */
export function createFlightRecorder(
  memory = new SharedArrayBuffer(HEAD_BYTES + MAX_INPUT_BYTES),
): FlightRecorder {
  const head = new Int32Array(memory, 0, 2);
  const bytes = Buffer.from(memory, HEAD_BYTES);
  return {
    memory,
    begin(input) {
      Atomics.store(head, LENGTH, input.copy(bytes));
      Atomics.add(head, BEGUN, 1);
    },
    begun: () => Atomics.load(head, BEGUN),
    current: () => Buffer.from(bytes.subarray(0, Atomics.load(head, LENGTH))),
  };
}
