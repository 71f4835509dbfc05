import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DemoEnvironment, startEnvironment } from '@scoreline/infra/demo/environment.ts';
import { createDatabase, type Database } from '@scoreline/runtime/clickhouse/database.ts';
import { type Actors, createActors } from './actors.ts';
import type { StoryConfig } from './config.ts';
import { createLeads, type Leads } from './leads.ts';
import { createScoreline, type Scoreline } from './scoreline.ts';

/** What the story is played with. */
export interface World {
  readonly env: DemoEnvironment['env'];
  readonly database: Database;
  readonly actors: Actors;
  readonly leads: Leads;
  readonly scoreline: Scoreline;
  /** For packages and variants of the history that the story makes; removed at its end. */
  readonly folder: string;
  /** Settles when a part ends that should not. */
  readonly failed: Promise<Error>;
  close(): Promise<void>;
}

/** Starts a stack with nothing in it, and an empty store of models; no service runs yet. */
export async function createWorld(config: StoryConfig, log: (line: string) => void): Promise<World> {
  const folder = await mkdtemp(join(tmpdir(), 'scoreline-story-'));
  const environment = await startEnvironment({ name: 'story', home: config.home, env: config.env }, log);
  const store = join(folder, 'store');
  await mkdir(store);
  const env = {
    ...environment.env,
    // Nothing is pinned and no package lies at hand: the registry decides, and the store has the bytes.
    MODEL: '',
    CANDIDATE: '',
    MODELS_DIR: join(folder, 'none'),
    MODEL_STORE: store,
    MODELS_CACHE: join(folder, 'cache'),
  };
  const database = createDatabase({
    url: env.CLICKHOUSE_URL,
    database: env.CLICKHOUSE_DATABASE,
    username: environment.env['CLICKHOUSE_USER'],
    password: environment.env['CLICKHOUSE_PASSWORD'],
  });
  const actors = createActors(env, environment.logFolder);
  const leads = createLeads(env, folder);
  return {
    env,
    database,
    actors,
    leads,
    scoreline: createScoreline(env),
    folder,
    failed: Promise.race([environment.stack.failed, actors.failed]),
    async close() {
      await leads.close();
      await actors.stopAll();
      await database.close();
      await environment.stack.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}
