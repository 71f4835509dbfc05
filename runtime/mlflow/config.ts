import { z } from 'zod';
import { optionalSecret } from '../config/secrets.ts';
import type { MlflowSettings } from './client.ts';

/** MLflow's own variables. Spread into a program's z.object. */
export const mlflowEnv = {
  MLFLOW_TRACKING_URI: z.url({ protocol: /^https?$/, error: 'an http or https URL' }).optional(),
  MLFLOW_TRACKING_TOKEN: optionalSecret(),
  MLFLOW_TRACKING_USERNAME: z.string().optional(),
  MLFLOW_TRACKING_PASSWORD: optionalSecret(),
};

const schema = z.object(mlflowEnv);
const STANDARD_URL = 'http://127.0.0.1:5000';

/** The server to ask; a URL from the command line comes before the environment's. */
export function toMlflowSettings(env: z.output<typeof schema>, trackingUrl?: string): MlflowSettings {
  return {
    trackingUrl: trackingUrl ?? env.MLFLOW_TRACKING_URI ?? STANDARD_URL,
    authorization: authorizationOf(env),
  };
}

function authorizationOf(env: z.output<typeof schema>): string | undefined {
  if (env.MLFLOW_TRACKING_TOKEN !== undefined) return `Bearer ${env.MLFLOW_TRACKING_TOKEN}`;
  if (env.MLFLOW_TRACKING_USERNAME === undefined) return undefined;
  const pair = `${env.MLFLOW_TRACKING_USERNAME}:${env.MLFLOW_TRACKING_PASSWORD ?? ''}`;
  return `Basic ${Buffer.from(pair).toString('base64')}`;
}
