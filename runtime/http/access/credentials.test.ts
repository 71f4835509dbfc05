import { assert, option, property, string, stringMatching } from 'fast-check';
import { expect, test } from 'vitest';
import { readCredentials } from './credentials.ts';

const keys = stringMatching(/^scoreline_[\w-]{43}$/);
const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

test('a key is read as Bearer, and as the password of Basic with any user name', () => {
  assert(
    property(keys, stringMatching(/^[^:]{0,20}$/), (key, user) => {
      expect(readCredentials(`Bearer ${key}`)).toEqual({ key, fromBrowser: false });
      expect(readCredentials(`bearer  ${key}`)).toEqual({ key, fromBrowser: false });
      expect(readCredentials(basic(`${user}:${key}`))).toEqual({ key, fromBrowser: true });
    }),
  );
});

test.each([
  undefined,
  '',
  'Bearer',
  'Bearer ',
  'Bearer a b',
  'Digest abc',
  basic('no colon'),
  basic('anna:'),
  'Basic !',
])('%s is no key', (header) => {
  expect(readCredentials(header)).toBeUndefined();
});

test('any header is read or not, and none throws', () => {
  assert(
    property(option(string({ unit: 'binary', maxLength: 300 })), (text) => {
      for (const header of [text ?? undefined, `Bearer ${text}`, `Basic ${text}`]) {
        expect(['object', 'undefined']).toContain(typeof readCredentials(header));
      }
    }),
  );
});
