import { describe, expect, it } from 'vitest';
import { readScorerConfig } from './config.ts';

describe('readScorerConfig', () => {
  it('takes a model and listens on 9101 unless told otherwise', () => {
    expect(readScorerConfig({ MODEL: 'bank-leads@1.0.0' })).toMatchObject({
      config: { MODEL: 'bank-leads@1.0.0', HTTP_PORT: 9101 },
    });
  });

  it('asks for a model', () => {
    expect(readScorerConfig({})).toMatchObject({ ok: false, problems: [expect.stringMatching(/^MODEL: /)] });
  });
});
