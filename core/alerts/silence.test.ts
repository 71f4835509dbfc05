import { describe, expect, it } from 'vitest';
import { type Silence, silencedAlertsOf, silenceOf, parseSilenceLength } from './silence.ts';
import { alertOf } from './testing/given.ts';

const silence = (more: Partial<Silence>): Silence => ({
  id: 's',
  alerts: {},
  startsAtMs: 10,
  endsAtMs: 20,
  reason: 'known',
  actor: 'me',
  ...more,
});
const PSI = alertOf();
const WEB = alertOf({ segment: 'source=web' });

describe('a silence', () => {
  it('is about what it names, and about everything that it does not', () => {
    const of = (alerts: Silence['alerts'], alert = PSI) => silenceOf(alert, [silence({ alerts })], 15)?.id;
    expect(of({ signal: PSI.signal })).toBe('s');
    expect(of({ signal: PSI.signal, subject: 'age' })).toBeUndefined();
    expect(of({ model: PSI.model, signal: PSI.signal })).toBe('s');
    expect(of(silencedAlertsOf(PSI))).toBe('s');
    expect(of(silencedAlertsOf(PSI), alertOf({ statistic: 'ks' }))).toBeUndefined();
    expect(of({ signal: PSI.signal, segment: null }, WEB)).toBeUndefined();
    expect(of({ signal: PSI.signal }, WEB)).toBe('s');
  });

  it('holds from its start to before its end', () => {
    const at = (nowMs: number) => silenceOf(PSI, [silence({})], nowMs)?.id;
    expect([9, 10, 19, 20].map(at)).toEqual([undefined, 's', 's', undefined]);
  });

  it('that lasts longest speaks for the others', () => {
    const both = [silence({ id: 'short' }), silence({ id: 'long', endsAtMs: 30 })];
    expect(silenceOf(PSI, both, 15)?.id).toBe('long');
    expect(silenceOf(PSI, both.toReversed(), 15)?.id).toBe('long');
  });

  it('has a length of at most 30 days', () => {
    expect(['30m', '4h', '30d'].map(parseSilenceLength)).toEqual([1_800_000, 14_400_000, 2_592_000_000]);
    for (const text of ['', '0h', '31d', '4', 'h', '1.5h', '-1h', '4h ', '4w'])
      expect(parseSilenceLength(text)).toBeNull();
  });
});
