import { z } from 'zod';

/** An http or https URL; user and password have variables of their own (`instead`), since URLs are logged. */
export function plainUrl(standard: string, instead: string): z.ZodType<string> {
  return z
    .url({ protocol: /^https?$/, error: 'an http or https URL' })
    .refine((text) => {
      const url = URL.parse(text);
      return url === null || (url.username === '' && url.password === '');
    }, `without user and password: they go to ${instead}`)
    .default(standard);
}
