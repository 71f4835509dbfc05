/** A plain value whose keys are names of the program, never data. */
type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/** The value with its keys in snake_case, as every JSON of Scoreline has them; what is no plain value is left out. */
export function toJson(value: unknown): Plain {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  // JSON has no infinities.
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (Array.isArray(value)) return value.map(toJson);
  if (typeof value !== 'object') return null;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([, each]) => each !== undefined)
      .map(([key, each]) => [key.replaceAll(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`), toJson(each)]),
  );
}
