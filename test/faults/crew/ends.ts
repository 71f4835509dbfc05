/** Which ends of a member's processes a fault has ordered; all others count against the product. */
export interface Ends {
  /** A process is there: nothing is ordered of it yet. */
  started(): void;
  /** It is being ended, or may end by itself from now on; what it gives takes that back. */
  allow(): () => void;
  /** Whether it is to kill itself at a point; once disarmed it still may, for as long as a signal takes. */
  arm(isArmed: boolean): void;
  /** It has ended, in words such as `ended by SIGKILL`. */
  ended(how: string): void;
  /** Ends that nothing had ordered, in words. */
  stray(): readonly string[];
}

const DISARMED_WITHIN_MS = 1_000;
/** The shell's word for it, and Node's. */
const KILLED = ['ended by signal 9', 'ended by SIGKILL'];

/** Keeps account of one member's ends; `nowMs` is of a clock that nobody sets. */
export function watchEnds(name: string, nowMs = () => performance.now()): Ends {
  const stray: string[] = [];
  let allowances = 0;
  let armedUntilMs = -Infinity;
  return {
    started() {
      allowances = 0;
      armedUntilMs = -Infinity;
    },
    allow() {
      allowances += 1;
      return () => (allowances = Math.max(0, allowances - 1));
    },
    arm(isArmed) {
      armedUntilMs = isArmed ? Infinity : nowMs() + DISARMED_WITHIN_MS;
    },
    ended(how) {
      const hasCrashed = KILLED.includes(how) && nowMs() <= armedUntilMs;
      if (allowances === 0 && !hasCrashed) stray.push(`${name} ${how}, and no fault had asked for it`);
    },
    stray: () => stray,
  };
}
