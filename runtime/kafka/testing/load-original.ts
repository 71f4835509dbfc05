import { createRequire } from 'node:module';

const require = createRequire(import.meta.url);

/** A module as kafkajs has it, also where a fix of ours has been put in its place. */
export function loadOriginal(module: string): unknown {
  const path = require.resolve(module);
  const inPlace = require.cache[path];
  delete require.cache[path];
  const loaded: unknown = require(path);
  delete require.cache[path];
  if (inPlace !== undefined) require.cache[path] = inPlace;
  return loaded;
}
