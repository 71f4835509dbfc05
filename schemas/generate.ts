import { readFileSync, writeFileSync } from 'node:fs';
import { compile } from 'json-schema-to-typescript';
import { avroToTypeScript, type AvroRecord } from './avro-to-typescript.ts';

/**
 * Writes TypeScript types of every schema into core/contracts. `--check` writes nothing and exits 1 if a file
 * on disk differs from what its schema gives.
 */
const AVRO = [
  'lead-created',
  'lead-scored',
  'lead-outcome',
  'scoring-alert',
  'model-event',
  'rollout-event',
  'dead-letter-decision',
  'retraining-requested',
];
const JSON_SCHEMAS = ['manifest', 'reference', 'golden', 'policy', 'replay-map'];

const here = import.meta.dirname;
const checkOnly = process.argv.includes('--check');
const stale: string[] = [];

for (const name of AVRO) {
  const record = JSON.parse(readFileSync(`${here}/${name}.avsc`, 'utf8')) as AvroRecord;
  emit(`${name}.ts`, `${banner(`${name}.avsc`)}${avroToTypeScript(record)}`);
}
for (const name of JSON_SCHEMAS) {
  const file = `${name}.schema.json`;
  const types = await compile(bareReferences(readFileSync(`${here}/${file}`, 'utf8')), name, {
    bannerComment: banner(file).trimEnd(),
    additionalProperties: false,
    ignoreMinAndMaxItems: true,
    style: { singleQuote: true, printWidth: 110 },
  });
  emit(`${name}.ts`, types);
}
if (stale.length > 0) {
  console.error(`stale, run "npm run generate": ${stale.join(', ')}`);
  process.exitCode = 1;
}

function emit(file: string, text: string): void {
  const target = `${here}/../core/contracts/${file}`;
  if (!checkOnly) writeFileSync(target, text);
  else if (readFileSync(target, 'utf8') !== text) stale.push(`core/contracts/${file}`);
}

/** A `$ref` without its neighbours (a description there would make a second type of the same shape). */
function bareReferences(schema: string): object {
  const strip = (_key: string, value: unknown): unknown =>
    typeof value === 'object' && value !== null && '$ref' in value ? { $ref: value.$ref } : value;
  return JSON.parse(schema, strip) as object;
}

function banner(source: string): string {
  return `// Generated from schemas/${source} by "npm run generate"; do not edit.\n`;
}
