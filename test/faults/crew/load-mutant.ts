/** Loaded before a service (`node --import`): breaks it, in memory, as MUTANT says. */
import { registerHooks } from 'node:module';
import { mutate, type Mutation, MUTANTS } from './mutants.ts';

const name = process.env['MUTANT'] ?? '';
const mutations: readonly Mutation[] =
  Object.entries(MUTANTS).find(([known]) => known === name)?.[1].mutations ?? [];
if (mutations.length === 0) throw new Error(`MUTANT=${name}: there is no such mutant`);

registerHooks({
  load(url, context, nextLoad) {
    const loaded = nextLoad(url, context);
    const own = mutations.filter(({ file }) => url.endsWith(`/${file}`));
    if (own.length === 0) return loaded;
    const source = Buffer.from(loaded.source as Uint8Array).toString();
    return { ...loaded, source: own.reduce(mutate, source) };
  },
});
