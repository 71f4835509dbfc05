import { z } from 'zod';
import { asSecret } from '../config/secrets.ts';
import { createLeadHasher, type LeadHasher } from './lead-hash.ts';

const KEY_LENGTH = 32;
const TOO_SHORT = `at least ${KEY_LENGTH} characters, e.g. of openssl rand -hex 32`;

/** For whoever forgets leads, and whoever must recognize them. */
export const erasureEnv = {
  /** The installation's secret that forgotten leads are hashed under; every drift instance has the same. */
  ERASURE_KEY: asSecret(z.string().min(KEY_LENGTH, TOO_SHORT).optional()),
  /** Keys that entries still stand under beside it, by commas: an earlier one, or one that somebody took by mistake. */
  ERASURE_KEYS_BEFORE: asSecret(
    z
      .string()
      .transform((text) => text.split(',').map((key) => key.trim()))
      .refine((keys) => keys.every(({ length }) => length >= KEY_LENGTH), `each ${TOO_SHORT}`)
      .optional(),
  ),
};

/** The hasher of a configuration; undefined without a key. */
export function toLeadHasher(config: {
  readonly ERASURE_KEY?: string | undefined;
  readonly ERASURE_KEYS_BEFORE?: readonly string[] | undefined;
}): LeadHasher | undefined {
  const { ERASURE_KEY: key, ERASURE_KEYS_BEFORE: before } = config;
  return key === undefined ? undefined : createLeadHasher(key, before);
}
