import { simulateCalm } from './known/simulate-calm.ts';
import { simulateStream } from './known/simulate-stream.ts';
import { simulateCalmMonths } from './calm/simulate-calm-months.ts';

/** What a worker thread can be asked for; each is a pure function of its task. */
export const JOBS = { calmMonths: simulateCalmMonths, calm: simulateCalm, stream: simulateStream } as const;

export type JobName = keyof typeof JOBS;
export type JobTask<Name extends JobName> = Parameters<(typeof JOBS)[Name]>[0];
export type JobResult<Name extends JobName> = ReturnType<(typeof JOBS)[Name]>;
