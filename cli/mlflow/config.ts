import { artifactEnv } from '@scoreline/runtime/artifacts/config.ts';
import { type EnvResult, readEnv } from '@scoreline/runtime/config/env.ts';
import { mlflowEnv } from '@scoreline/runtime/mlflow/config.ts';
import { z } from 'zod';

const { MODELS_DIR, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_REGION } = artifactEnv;
const schema = z.object({ ...mlflowEnv, MODELS_DIR, AWS_ENDPOINT_URL, AWS_ENDPOINT_URL_S3, AWS_REGION });

/** Where MLflow is, and where its models come in: MLflow's own variables and the services'. */
export type MlflowConfig = z.output<typeof schema>;

export function readMlflowConfig(env: NodeJS.ProcessEnv): EnvResult<MlflowConfig> {
  return readEnv(schema, env);
}
