import { expect, test } from 'vitest';
import { describeRefusals } from './describe-refusals.ts';

test('what takes input says how it refuses it; what a route says itself stands', () => {
  const own = { description: 'its own' };
  const { paths } = describeRefusals({
    paths: {
      '/leads': {
        get: { responses: { 200: {} } },
        post: { requestBody: {}, responses: { 200: {}, 400: own } },
      },
      '/leads/{id}': { get: { parameters: [{}], responses: { 200: {} } } },
    },
  });
  const statusesOf = (path: string, method: string): string[] => {
    const operation = Object.entries<{ responses: object }>({ ...paths?.[path] }).find(
      ([name]) => name === method,
    );
    return Object.keys(operation?.[1].responses ?? {});
  };
  expect(statusesOf('/leads', 'get')).toEqual(['200']);
  expect(statusesOf('/leads', 'post')).toEqual(['200', '400', '413', '415']);
  expect(statusesOf('/leads/{id}', 'get')).toEqual(['200', '400']);
  expect(paths?.['/leads']).toMatchObject({ post: { responses: { 400: own } } });
});
