import { expect, test } from 'vitest';

import { findStatus, readEngineError } from './engine-error.ts';

test('a plain error passes as it is', () => {
  const text =
    'Code: 60. DB::Exception: Table default.nope does not exist. Maybe you meant system.one?. (UNKNOWN_TABLE)';
  expect(readEngineError(new Error(text))).toEqual({ code: 60, message: text });
});

test('what a nested error says twice is said once', () => {
  const text =
    "Code: 73. DB::Exception: Code: 73. DB::Exception: Unknown format Nope. Maybe you meant: ['One']. " +
    '(UNKNOWN_FORMAT) (version 26.7.2.1). (UNKNOWN_FORMAT) (version 26.7.2.1). (UNKNOWN_FORMAT)';
  expect(readEngineError(new Error(text)).message).toBe(
    "Code: 73. DB::Exception: Unknown format Nope. Maybe you meant: ['One']. (UNKNOWN_FORMAT)",
  );
});

test('the file that rows went through is not spoken of', () => {
  const text =
    "Code: 27. DB::Exception: Code: 27. DB::Exception: Cannot parse input: expected '\"' before: 'u': (at row 2)\n" +
    ': (in file/uri /data/incoming/1): While executing ParallelParsingBlockInputFormat: While executing File: ' +
    'data for INSERT was parsed from file. (CANNOT_PARSE_INPUT_ASSERTION_FAILED) (version 26.7.2.1). ' +
    '(CANNOT_PARSE_INPUT_ASSERTION_FAILED)';
  expect(readEngineError(new Error(text)).message).toBe(
    "Code: 27. DB::Exception: Cannot parse input: expected '\"' before: 'u': (at row 2)\n" +
      ': While executing ParallelParsingBlockInputFormat. (CANNOT_PARSE_INPUT_ASSERTION_FAILED)',
  );
});

test('what is no error of the engine gets the unknown code', () => {
  expect(readEngineError('lost')).toEqual({
    code: 1002,
    message: 'Code: 1002. DB::Exception: lost. (UNKNOWN_EXCEPTION)',
  });
});

test("statuses are the server's, 500 where it has none", () => {
  expect([62, 60, 159, 164, 241].map(findStatus)).toEqual([400, 404, 408, 500, 500]);
});
