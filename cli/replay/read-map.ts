import { readFile } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { ReplayMap } from '@scoreline/core/contracts/replay-map.ts';
import { Ajv } from 'ajv';
import schema from '../../schemas/replay-map.schema.json' with { type: 'json' };

/** A map file as it was read; `folder` is what its paths are relative to. */
export interface LoadedMap {
  readonly map: ReplayMap;
  readonly folder: string;
}

/** What is wrong with a map or with how it fits its file and schema: every problem, one a line. */
export class MapRefused extends Error {
  constructor(file: string, problems: readonly string[]) {
    super(`${file} can't be used:\n${problems.map((problem) => `  - ${problem}`).join('\n')}`);
  }
}

const validate = new Ajv({ allErrors: true, allowUnionTypes: true }).compile<ReplayMap>(schema);

/** Reads and checks a replay map by schemas/replay-map.schema.json. Throws {@link MapRefused}. */
export async function readMap(file: string): Promise<LoadedMap> {
  const map = parseMap(file, await readFile(file, 'utf8'));
  return { map, folder: dirname(resolve(file)) };
}

/** A map's text, checked; `file` is for messages. Throws {@link MapRefused}. */
export function parseMap(file: string, text: string): ReplayMap {
  let document: unknown;
  try {
    document = JSON.parse(text);
  } catch (error) {
    throw new MapRefused(file, [`it is not JSON: ${error instanceof Error ? error.message : String(error)}`]);
  }
  if (validate(document)) return document;
  throw new MapRefused(file, problems());
}

function problems(): string[] {
  // A value of several possible forms is refused once per form; the summary says enough.
  const errors = (validate.errors ?? []).filter(({ schemaPath }) => !/\/oneOf\/\d+\//.test(schemaPath));
  const told = errors.length > 0 ? errors : (validate.errors ?? []);
  return told.map(({ instancePath, keyword, message, params }) => {
    const place = instancePath === '' ? 'the map' : instancePath.slice(1).replaceAll('/', '.');
    if (keyword === 'additionalProperties')
      return `${place} has an unknown field '${params['additionalProperty']}'`;
    if (keyword === 'oneOf') return `${place} has none of the forms that it may have`;
    return `${place} ${message ?? 'is invalid'}`;
  });
}
