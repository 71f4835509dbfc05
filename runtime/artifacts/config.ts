import { z } from 'zod';
import { commonEnv } from '../config/common.ts';
import { optionalSecret } from '../config/secrets.ts';
import { ArtifactError } from './artifact-error.ts';
import type { ArtifactStoreSettings } from './create-artifact-store.ts';
import { parseRoot } from './location.ts';

/** The environment of whoever puts or fetches packages. Spread into a program's own z.object. */
export const artifactEnv = {
  MODELS_DIR: commonEnv.MODELS_DIR,
  MODEL_STORE: z.string().superRefine(checkRoot).optional(),
  MODEL_STORE_AUTHORIZATION: optionalSecret(),
  MODELS_CACHE: z.string().default('.scoreline/models-cache'),
  AWS_ENDPOINT_URL: z.url().optional(),
  AWS_ENDPOINT_URL_S3: z.url().optional(),
  AWS_REGION: z.string().optional(),
};

const schema = z.object(artifactEnv);

/** The settings of the store that the environment names; MODELS_DIR where it names none. */
export function toArtifactStoreSettings(env: z.output<typeof schema>): ArtifactStoreSettings {
  return {
    root: env.MODEL_STORE ?? env.MODELS_DIR,
    cacheDir: env.MODELS_CACHE,
    authorization: env.MODEL_STORE_AUTHORIZATION,
    s3: { endpoint: env.AWS_ENDPOINT_URL_S3 ?? env.AWS_ENDPOINT_URL, region: env.AWS_REGION },
  };
}

function checkRoot(text: string, context: z.RefinementCtx): void {
  try {
    parseRoot(text);
  } catch (error) {
    if (!(error instanceof ArtifactError)) throw error;
    context.addIssue({ code: 'custom', message: error.message });
  }
}
