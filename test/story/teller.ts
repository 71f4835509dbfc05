/** What a step has shown, in words and numbers. */
export type Facts = Readonly<Record<string, string | number | boolean>>;

export interface Step {
  readonly name: string;
  readonly ok: boolean;
  readonly seconds: number;
  readonly facts: Facts;
  /** Why it is not ok. */
  readonly error?: string;
}

/** Plays steps and tells them as they go. */
export interface Teller {
  chapter(title: string): void;
  /** Throws what `play` throws: the story ends there. Throws at once when it was told to end. */
  step(name: string, play: () => Promise<Facts>): Promise<void>;
  readonly steps: readonly Step[];
}

/** `broken` settles when a part that the story stands on has ended, or when it is to end. */
export function createTeller(log: (line: string) => void, broken: Promise<Error>): Teller {
  const steps: Step[] = [];
  const end = broken.then((error) => {
    throw error;
  });
  // Seen by the step at hand; between two steps nobody waits for it.
  end.catch(() => undefined);
  return {
    steps,
    chapter: (title) => log(`\n${title}`),
    async step(name, play) {
      const begun = performance.now();
      const seconds = (): number => Math.round((performance.now() - begun) / 100) / 10;
      log(`  ${String(steps.length + 1).padStart(2)}. ${name} …`);
      try {
        const facts = await Promise.race([play(), end]);
        steps.push({ name, ok: true, seconds: seconds(), facts });
        for (const [what, value] of Object.entries(facts)) log(`        ${what}: ${describe(value)}`);
        log(`      ✓ ${seconds()} s`);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        steps.push({ name, ok: false, seconds: seconds(), facts: {}, error: message });
        log(`      ✗ ${seconds()} s: ${message}`);
        throw error;
      }
    },
  };
}

function describe(value: Facts[string]): string {
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (typeof value === 'number') return value.toLocaleString('en-US');
  return value.replaceAll(/\s*\n\s*/g, ' ');
}
