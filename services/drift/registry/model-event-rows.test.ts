import { expect, test } from 'vitest';
import { toModelEventRow } from './model-event-rows.ts';

test('a record that can not be read is a row too, and a clock that says anything is no reason to fail', () => {
  const ignored = { code: 'value.malformed', reason: 'no event' };
  const verdict = { offset: 7, timestampMs: 9e15, event: null, revision: 3, ignored };
  expect(toModelEventRow('model-registry', verdict)).toMatchObject({
    offset: 7,
    accepted: false,
    revision: 3,
    ignored_code: 'value.malformed',
    expected_revision: -1,
    type: 'unknown',
    published_at: Date.UTC(2200, 0, 1),
  });
});
