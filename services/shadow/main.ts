import { stagingVersions } from '@scoreline/core/registry/state.ts';
import { createVersionOpener } from '@scoreline/pipeline/open-version.ts';
import { createScoringEvents } from '@scoreline/pipeline/scoring-events.ts';
import { createScoringThreads } from '@scoreline/pipeline/threads/scoring-threads.ts';
import { toArtifactStoreSettings } from '@scoreline/runtime/artifacts/config.ts';
import { createArtifactStore } from '@scoreline/runtime/artifacts/create-artifact-store.ts';
import { toKafkaAccess } from '@scoreline/runtime/config/kafka.ts';
import { loadConfigOrExit } from '@scoreline/runtime/config/load-config.ts';
import { toRegistryAccess } from '@scoreline/runtime/config/schema-registry.ts';
import { toHttpSettings } from '@scoreline/runtime/http/config.ts';
import { createHttpServer } from '@scoreline/runtime/http/server.ts';
import { type RunningService, runService } from '@scoreline/runtime/lifecycle.ts';
import { openPackage } from '@scoreline/runtime/model-package/open-package.ts';
import { createReadiness } from '@scoreline/runtime/readiness.ts';
import { openDecisionLog } from '@scoreline/runtime/decision-log/open-log.ts';
import {
  createRegistryProjection,
  REGISTRY_TOPIC,
  type RegistryProjection,
} from '@scoreline/runtime/registry/projection.ts';
import { createRegistryEvents } from '@scoreline/runtime/registry/registry-events.ts';
import { tellCertificateEnds } from '@scoreline/runtime/telemetry/certificate-ends.ts';
import { createTelemetry } from '@scoreline/runtime/telemetry/telemetry.ts';
import { type CandidateDeps, isFinal, startCandidate } from './candidate.ts';
import { createCandidates } from './candidates.ts';
import { readShadowConfig } from './config.ts';

const config = loadConfigOrExit((env) => readShadowConfig(env, process.argv.slice(2)));
const telemetry = createTelemetry({ service: 'shadow', logLevel: config.LOG_LEVEL });
tellCertificateEnds(telemetry, config);
const events = createScoringEvents(telemetry);

const location = {
  ...toKafkaAccess(config),
  schemaRegistry: toRegistryAccess(config),
  topicPrefix: config.TOPIC_PREFIX,
  service: 'shadow',
};

await runService(telemetry.log, async (): Promise<RunningService> => {
  const readiness = createReadiness(telemetry.log);
  const http = createHttpServer({ telemetry, health: readiness.health, settings: toHttpSettings(config) });
  await http.listen({ host: config.HTTP_HOST, port: config.HTTP_PORT });

  const { projection, open } = openSource();
  const threads = createScoringThreads(config.SCORING_THREADS, events);
  const deps: CandidateDeps = {
    open,
    ...location,
    start: config.SHADOW_FROM === 'beginning' ? 'earliest' : { timestampMs: Date.parse(config.SHADOW_FROM) },
    threads,
    events,
  };
  const candidates = createCandidates({
    start: (ref, onWaiting) => startCandidate(ref, deps, onWaiting),
    isFinal,
    events,
  });

  if (projection === undefined) candidates.want([config.CANDIDATE ?? '']);
  else await followStaging(projection, candidates.want, readiness.waitFor);
  readiness.follow(
    () => describeProblems(candidates.running(), candidates.problems()),
    () => ({ candidates: candidates.running(), registry_problem: projection?.notReady() }),
  );
  return {
    failed: Promise.race([candidates.failed, ...(projection === undefined ? [] : [projection.failed])]),
    async stop() {
      await projection?.close();
      await Promise.all([candidates.stop(), threads.close()]);
      await http.close();
    },
  };
});

/** CANDIDATE pins a package of MODELS_DIR; without it, the versions that the registry has in Staging run. */
function openSource(): { projection: RegistryProjection | undefined; open: CandidateDeps['open'] } {
  if (config.CANDIDATE !== undefined) {
    return { projection: undefined, open: (ref) => openPackage(config.MODELS_DIR, ref) };
  }
  const log = openDecisionLog(REGISTRY_TOPIC, location, events.clientLog);
  const projection = createRegistryProjection({ log, events: createRegistryEvents(telemetry) });
  const store = createArtifactStore(toArtifactStoreSettings(config));
  return { projection, open: createVersionOpener(store, projection.state) };
}

async function followStaging(
  projection: RegistryProjection,
  want: (refs: readonly string[]) => void,
  onWaiting: (reason: string) => void,
): Promise<void> {
  const follow = (): void => want(stagingVersions(projection.state()).map(({ ref }) => ref));
  await projection.start(onWaiting);
  projection.onChange(follow);
  follow();
}

/** A candidate that can't score is told; with none at all the shadow idles and says so. */
function describeProblems(
  running: readonly string[],
  problems: ReadonlyMap<string, string>,
): string | undefined {
  const [first] = problems;
  if (first !== undefined) return `candidate ${first[0]}: ${first[1]}`;
  return running.length > 0 ? undefined : 'no candidate: none in Staging, and CANDIDATE names none';
}
