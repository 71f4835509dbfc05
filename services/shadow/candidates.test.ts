import { afterEach, expect, test, vi } from 'vitest';
import type { Candidate } from './candidate.ts';
import { createCandidates } from './candidates.ts';

class Refused extends Error {}

/** Candidates whose starts are told by `outcomes`; a start without one waits until `scores` is called for it. */
function createRoom(outcomes: Record<string, Error | 'scores'> = {}) {
  const log: string[] = [];
  const waiting = new Map<string, { tell: (reason: string) => void; scores: () => void }>();
  const candidates = createCandidates({
    isFinal: (error) => error instanceof Refused,
    events: {
      modelUnavailable: (ref, reason, isFinal) =>
        log.push(`${ref} unavailable: ${reason}${isFinal ? ', for good' : ''}`),
      refusalEnded: (ref) => log.push(`refusal of ${ref} ended`),
    },
    async start(ref, onWaiting): Promise<Candidate> {
      log.push(`start ${ref}`);
      const outcome = outcomes[ref];
      if (outcome instanceof Error) throw outcome;
      if (outcome === undefined) {
        await new Promise<void>((scores) => waiting.set(ref, { tell: onWaiting, scores }));
      }
      return {
        notReady: () => undefined,
        failed: new Promise(() => {}),
        stop: () => Promise.resolve(void log.push(`stop ${ref}`)),
      };
    },
  });
  return { candidates, log, waiting, outcomes };
}

afterEach(() => {
  vi.useRealTimers();
});

test('what is wanted runs, and nothing else', async () => {
  const { candidates, log } = createRoom({ a: 'scores', b: 'scores', c: 'scores' });
  candidates.want(['a', 'b']);
  await candidates.settled();
  candidates.want(['b', 'c']);
  await candidates.settled();
  expect(log).toEqual(['start a', 'start b', 'stop a', 'start c']);
  expect(candidates.running()).toEqual(['b', 'c']);
});

test('while a candidate starts its reason stands, and lapses once it scores', async () => {
  const { candidates, waiting } = createRoom();
  candidates.want(['a']);
  await vi.waitFor(() => expect(waiting.has('a')).toBe(true));
  expect(candidates.problems()).toEqual(new Map([['a', 'starting']]));
  waiting.get('a')?.tell('the schema registry does not answer');
  expect(candidates.problems()).toEqual(new Map([['a', 'the schema registry does not answer']]));
  waiting.get('a')?.scores();
  await candidates.settled();
  expect(candidates.problems()).toEqual(new Map());
});

test('a refused candidate is not tried again and leaves the others alone', async () => {
  vi.useFakeTimers();
  const { candidates, log } = createRoom({ a: new Refused('golden rows are off'), b: 'scores' });
  candidates.want(['a', 'b']);
  await candidates.settled();
  await vi.advanceTimersByTimeAsync(60_000);
  expect(log).toEqual(['start a', 'a unavailable: golden rows are off, for good', 'start b']);
  expect(candidates.problems()).toEqual(new Map([['a', 'golden rows are off']]));
  candidates.want(['b']);
  await candidates.settled();
  expect(log.slice(3)).toEqual(['refusal of a ended']);
});

test('one that could not start for the moment is tried again', async () => {
  vi.useFakeTimers();
  const { candidates, outcomes } = createRoom({ a: new Error('the store does not answer') });
  candidates.want(['a']);
  await candidates.settled();
  expect(candidates.running()).toEqual([]);
  outcomes['a'] = 'scores';
  await vi.advanceTimersByTimeAsync(5_000);
  await candidates.settled();
  expect(candidates.running()).toEqual(['a']);
});

test('stop ends them all', async () => {
  const { candidates, log } = createRoom({ a: 'scores' });
  candidates.want(['a']);
  await candidates.settled();
  await candidates.stop();
  expect(log).toEqual(['start a', 'stop a']);
  expect(candidates.running()).toEqual([]);
});
