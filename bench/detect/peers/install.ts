import { fileURLToPath } from 'node:url';
import { findPython, installRequirements } from '@scoreline/test/peers/python.ts';

const REQUIREMENTS = fileURLToPath(new URL('requirements.txt', import.meta.url));
const VENV = fileURLToPath(new URL('../../../.scoreline/detect/venv', import.meta.url));

/** A Python with the tools to compare with, installed on the first run; or why there is none. */
export async function installPeerTools(): Promise<{ python: string } | { problem: string }> {
  const found = await findPython();
  if ('problem' in found) return found;
  try {
    await installRequirements(found.command, REQUIREMENTS, VENV);
  } catch (error) {
    return { problem: `the tools to compare with can't be installed: ${String(error).slice(0, 500)}` };
  }
  return { python: `${VENV}/bin/python` };
}
