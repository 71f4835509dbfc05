import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

/**
 * `pid@start`: tells a process from a later one that got the same pid. Undefined when no such process runs (a
 * zombie counts as gone).
 */
export function identifyProcess(pid: number): string | undefined {
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  const start = process.platform === 'linux' ? readLinuxStart(pid) : readPsStart(pid);
  return start === undefined ? undefined : `${pid}@${start}`;
}

/** Clock ticks since boot at which the process started; the name in field 2 may itself hold spaces and brackets. */
function readLinuxStart(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return fields[0] === 'Z' ? undefined : fields[19];
  } catch {
    return undefined;
  }
}

function readPsStart(pid: number): string | undefined {
  try {
    const start = execFileSync('ps', ['-o', 'lstart=', '-p', String(pid)], {
      encoding: 'utf8',
      timeout: 5000,
    });
    return start.trim().replaceAll(/\s+/g, '_') || undefined;
  } catch {
    return undefined;
  }
}
