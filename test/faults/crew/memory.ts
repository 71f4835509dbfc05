import { readFileSync } from 'node:fs';
import type { Member } from './crew.ts';

/** Resident memory by member, MiB; one that doesn't run has none. Linux. */
export function measureMemory(crew: readonly Pick<Member, 'name' | 'pid'>[]): ReadonlyMap<string, number> {
  return new Map(
    crew.flatMap((member): [string, number][] => {
      const pid = member.pid();
      const rssKb = pid === undefined ? undefined : readRssKb(pid);
      return rssKb === undefined ? [] : [[member.name, Math.round(rssKb / 1_024)]];
    }),
  );
}

/** Undefined where the process has just ended. */
function readRssKb(pid: number): number | undefined {
  try {
    const found = /VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'));
    return found === null ? undefined : Number(found[1]);
  } catch {
    return undefined;
  }
}
