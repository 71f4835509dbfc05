import { describe, expect, it } from 'vitest';
import { closable, windowsTouched } from './dirty.ts';
import { parseDuration } from './duration.ts';

const HOUR = parseDuration('PT1H')!;
const DAY = parseDuration('P1D')!;
const LATENESS_MS = 600_000;
const time = (text: string) => Date.parse(`2009-03-${text}Z`);
const names = (windows: readonly { size: { text: string }; startMs: number }[]) =>
  windows.map(({ size, startMs }) => `${size.text} ${new Date(startMs).toISOString().slice(8, 13)}`);

describe('windowsTouched', () => {
  it('names each window once, the base even where the policy wants no results of it', () => {
    const hours = [time('01T10:00'), time('01T11:00'), time('02T00:00')];
    expect(names(windowsTouched(hours, HOUR, [DAY]))).toEqual([
      'PT1H 01T10',
      'P1D 01T00',
      'PT1H 01T11',
      'PT1H 02T00',
      'P1D 02T00',
    ]);
    expect(names(windowsTouched(hours.slice(0, 1), HOUR, [HOUR, DAY]))).toEqual(['PT1H 01T10', 'P1D 01T00']);
  });
});

describe('closable', () => {
  const dirty = windowsTouched([time('01T23:00'), time('01T10:00')], HOUR, [HOUR, DAY]);

  it('closes nothing before anything is known', () => {
    expect(closable(dirty, -Infinity, LATENESS_MS).closable).toEqual([]);
  });

  it('closes a window once the watermark has passed its end by the lateness', () => {
    const justBefore = closable(dirty, time('01T11:09:59'), LATENESS_MS);
    expect(names(justBefore.closable)).toEqual([]);
    const then = closable(dirty, time('01T11:10:00'), LATENESS_MS);
    expect(names(then.closable)).toEqual(['PT1H 01T10']);
    expect(names(then.open)).toEqual(['PT1H 01T23', 'P1D 01T00']);
  });

  it('puts base windows before the larger that end with them', () => {
    expect(names(closable(dirty, time('05T00:00'), LATENESS_MS).closable)).toEqual([
      'PT1H 01T10',
      'PT1H 01T23',
      'P1D 01T00',
    ]);
  });

  it('goes by end across sizes, so that a day is decided before the next day’s hours', () => {
    const twoDays = windowsTouched([time('02T00:00'), time('01T10:00')], HOUR, [DAY]);
    expect(names(closable(twoDays, time('05T00:00'), LATENESS_MS).closable)).toEqual([
      'PT1H 01T10',
      'P1D 01T00',
      'PT1H 02T00',
      'P1D 02T00',
    ]);
  });
});
