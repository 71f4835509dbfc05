import { expect, test } from 'vitest';
import { parseMlflowUri } from './mlflow-uri.ts';

test.each([
  ['mlflow:/leads/champion', { name: 'leads', by: { alias: 'champion' } }],
  ['mlflow:/leads/3', { name: 'leads', by: { version: '3' } }],
  ['mlflow:/my%20leads/champion', { name: 'my leads', by: { alias: 'champion' } }],
  ['models:/leads@champion', { name: 'leads', by: { alias: 'champion' } }],
  ['models:/leads/3', { name: 'leads', by: { version: '3' } }],
])('%s', (uri, ref) => expect(parseMlflowUri(uri)).toEqual(ref));

test.each([
  'leads/champion',
  'mlflow:/leads',
  'mlflow:/a/b/c',
  'models:/leads/champion',
  'runs:/1/model',
  'mlflow:/%/x',
])('%s names no model version', (uri) => expect(parseMlflowUri(uri)).toBeUndefined());
