import { describe, expect, it } from 'vitest';
import { readScorerConfig } from './config.ts';

describe('readScorerConfig', () => {
  it('takes a model and listens on 9101 unless told otherwise', () => {
    expect(readScorerConfig({ MODEL: 'bank-leads@1.0.0' })).toMatchObject({
      config: { MODEL: 'bank-leads@1.0.0', HTTP_PORT: 9101 },
    });
  });

  it('needs no model: without MODEL the registry decides', () => {
    expect(readScorerConfig({})).toMatchObject({ ok: true });
  });
});
