import { MUTANTS } from './crew/mutants.ts';
import type { FaultOptions, MutantName } from './options.ts';
import { runFaults } from './run.ts';

const FAULTS_EACH = 8;

/** Runs each mutant under the faults that bring it to light; true where all were found out. */
export async function proveMutants(
  options: FaultOptions,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const survivors: string[] = [];
  for (const [name, { faults }] of Object.entries(MUTANTS)) {
    if (signal.aborted) return false;
    log(`mutant ${name}`);
    const mutant = name as MutantName;
    const { found } = await runFaults({ ...options, mutant, only: faults, faults: FAULTS_EACH }, log, signal);
    log(found.length === 0 ? `✗ ${name} was not found out` : `✓ ${name}: ${found.join('; ')}`);
    if (found.length === 0) survivors.push(name);
  }
  return survivors.length === 0;
}
