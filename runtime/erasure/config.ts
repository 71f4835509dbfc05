import { z } from 'zod';
import { asSecret } from '../config/secrets.ts';

const KEY_LENGTH = 32;

/** For whoever forgets leads, and whoever must recognize them. */
export const erasureEnv = {
  /** The installation's secret that forgotten leads are hashed under; every drift instance has the same. */
  ERASURE_KEY: asSecret(
    z.string().min(KEY_LENGTH, `at least ${KEY_LENGTH} characters, e.g. of openssl rand -hex 32`).optional(),
  ),
};
