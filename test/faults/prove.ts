import { type Mutant, MUTANTS } from './crew/mutants.ts';
import type { FaultOptions, MutantName } from './options.ts';
import { runFaultsOn } from './run.ts';
import { startGround } from './world.ts';
import { tellWrongs } from './wrongs.ts';

const FAULTS_EACH = 8;

/** Runs each mutant, or the one that is named, under the faults that bring it to light; true where all were found out. */
export async function proveMutants(
  options: FaultOptions,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const survivors: string[] = [];
  const names = Object.keys(MUTANTS) as MutantName[];
  const ground = await startGround(log);
  try {
    for (const mutant of names.filter((name) => options.mutant === undefined || options.mutant === name)) {
      if (signal.aborted) return false;
      log(`mutant ${mutant}`);
      const { faults: only, knownBy }: Mutant = MUTANTS[mutant];
      const faults = options.faults ?? FAULTS_EACH;
      const run = { ...options, mutant, only, faults };
      const report = await runFaultsOn(ground, `${mutant}.`, run, { log, signal });
      const found = tellWrongs(report, knownBy);
      const told = [...report.found, ...report.hangs].join('; ');
      log(
        found.length === 0
          ? `✗ ${mutant} was not found out by ${knownBy.join(', ')}; beside: ${told}`
          : `✓ ${mutant}: ${found.join('; ')}`,
      );
      if (found.length === 0) survivors.push(mutant);
    }
  } finally {
    await ground.close(survivors.length > 0);
  }
  return survivors.length === 0;
}
