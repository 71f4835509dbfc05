import { createMlflowClient, type MlflowClient } from '@scoreline/runtime/mlflow/client.ts';
import { toMlflowSettings } from '@scoreline/runtime/mlflow/config.ts';
import type { ImportDeps } from '@scoreline/runtime/mlflow/import-package.ts';
import { createRootOpener } from '@scoreline/runtime/mlflow/open-root.ts';
import { CommandFailed } from '../registry/with-started.ts';
import { type MlflowConfig, readMlflowConfig } from './config.ts';

/** What importing needs, by the environment; `trackingUrl` comes before MLFLOW_TRACKING_URI. */
export function openMlflow(trackingUrl: string | undefined): ImportDeps {
  const config = readConfig();
  const settings = toMlflowSettings(config, trackingUrl);
  const s3 = { endpoint: config.AWS_ENDPOINT_URL_S3 ?? config.AWS_ENDPOINT_URL, region: config.AWS_REGION };
  return {
    client: createMlflowClient(settings),
    openRoot: createRootOpener(settings, s3),
    modelsDir: config.MODELS_DIR,
  };
}

/** The tracking server alone. */
export function openMlflowClient(trackingUrl: string | undefined): MlflowClient {
  return createMlflowClient(toMlflowSettings(readConfig(), trackingUrl));
}

function readConfig(): MlflowConfig {
  const config = readMlflowConfig(process.env);
  if (config.ok) return config.config;
  throw new CommandFailed(config.problems.map((problem) => `configuration: ${problem}`).join('\n'));
}
