import type { ArmRequest, StepRequest } from '@scoreline/runtime/rollouts/start-request.ts';
import { InvalidArgumentError } from 'commander';
import { parseRef } from '../commands/decision-flags.ts';

/** `10%:P1D,50%:P2D`: shares of all leads, each with how long it is watched at least. */
export function parseSteps(text: string): StepRequest[] {
  return text.split(',').map((step) => {
    const [share = '', duration, ...more] = step.trim().split(':');
    if (duration === undefined || more.length > 0)
      throw new InvalidArgumentError('It reads <share>:<duration>, e.g. 10%:P1D,50%:P2D.');
    return { share: parseShare(share), duration };
  });
}

/** `bank-leads@1.1.0=25%`, after those that were given before. */
export function collectArm(text: string, before: readonly ArmRequest[] = []): ArmRequest[] {
  const [ref = '', share, ...more] = text.split('=');
  if (share === undefined || more.length > 0)
    throw new InvalidArgumentError('It reads <name>@<version>=<share>, e.g. bank-leads@1.1.0=25%.');
  return [...before, { ref: parseRef(ref), share: parseShare(share) }];
}

/** `10%` or `.1`. */
function parseShare(text: string): number {
  const number = text.endsWith('%') ? Number(text.slice(0, -1)) / 100 : Number(text);
  if (text.trim() !== '' && number > 0 && number <= 1) return number;
  throw new InvalidArgumentError(`'${text}' is no share of all leads: 10% or .1, above 0, at most 100%.`);
}
