import { describe, expect, it } from 'vitest';
import { readShadowConfig } from './config.ts';

describe('readShadowConfig', () => {
  it('needs no candidate: the service idles and says so', () => {
    expect(readShadowConfig({})).toMatchObject({
      ok: true,
      config: { HTTP_PORT: 9102, SHADOW_FROM: 'beginning' },
    });
  });

  it.each([
    ['--from-beginning', ['--from-beginning'], 'beginning'],
    ['--from', ['--from', '2024-01-01T00:00:00Z'], '2024-01-01T00:00:00Z'],
    ['neither', [], '2008-01-01T00:00:00+01:00'],
  ])('begins where the command line says, else the environment: %s', (_what, args, from) => {
    expect(readShadowConfig({ SHADOW_FROM: '2008-01-01T00:00:00+01:00' }, args)).toMatchObject({
      config: { SHADOW_FROM: from },
    });
  });

  it.each([
    ['no time', ['--from']],
    ['a time without its zone', ['--from', '2024-01-01T00:00:00']],
    ['another flag', ['--from', '--check-config']],
  ])('refuses a --from with %s', (_what, args) => {
    expect(readShadowConfig({}, args)).toMatchObject({
      problems: [expect.stringMatching(/^SHADOW_FROM: 'beginning' or an ISO 8601 time/)],
    });
  });
});
