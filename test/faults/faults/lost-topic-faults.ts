import { setUp } from '@scoreline/infra/setup/setup.ts';
import { createPublisher } from '@scoreline/runtime/kafka/publish.ts';
import { openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import { createLeadForge } from '../../support/malformed-leads.ts';
import { until, untilGroupHasRead, untilItWorks } from '../../support/until.ts';
import { createMember, type Member } from '../crew/crew.ts';
import { judgeFaults, type RoleVerdict } from '../judge/judge.ts';
import type { World } from '../world.ts';
import type { Fault } from './fault.ts';

const BEFORE = 300;
const AFTER = 200;
const NOTICED_WITHIN_MS = 30_000;
const READ_WITHIN_MS = 60_000;
const SET_UP_WITHIN_MS = 30_000;

/** Topics that somebody deletes under a scorer and makes anew: in a corner of their own, since what they held is gone. */
export const LOST_TOPIC_FAULTS: readonly Fault[] = [
  {
    name: 'all topics of a stream deleted under its scorer, and made anew',
    inflict: (world) =>
      inCorner(world, async (corner) => {
        await corner.deleteTopics(['lead-created', 'lead-scores', 'lead-created.dlq']);
        await corner.setUp();
        await corner.publish(AFTER);
        await corner.expect({ scores: AFTER, lost: 0 });
      }),
  },
  {
    name: 'lead-scores deleted under its scorer, and made anew',
    inflict: (world) =>
      inCorner(world, async (corner) => {
        await corner.deleteTopics(['lead-scores']);
        await corner.publish(AFTER);
        await corner.untilNotReady();
        await corner.setUp();
        // What was scored before is gone with the topic that held it.
        await corner.expect({ scores: AFTER, lost: BEFORE });
      }),
  },
];

/** A stream of one partition with a scorer of its own, which has scored some leads. */
interface Corner {
  deleteTopics(names: readonly string[]): Promise<void>;
  /** Makes the topics that aren't there. */
  setUp(): Promise<void>;
  publish(leads: number): Promise<void>;
  /** Until the scorer says of itself that it can't do its work. */
  untilNotReady(): Promise<void>;
  /** Once all has been read: this, nothing twice and nothing else wrong. */
  expect(verdict: Pick<RoleVerdict, 'scores' | 'lost'>): Promise<void>;
}

let corners = 0;

async function inCorner(world: World, run: (corner: Corner) => Promise<void>): Promise<void> {
  corners += 1;
  const prefix = `${world.env.TOPIC_PREFIX}corner-${corners}.`;
  const env = { ...world.env, TOPIC_PREFIX: prefix, CLICKHOUSE_URL: world.clickHouse.directUrl };
  const scorer = await createMember(`${prefix}scorer`, 'scorer', {
    env,
    folder: world.folder,
    mutant: undefined,
  });
  const corner = createCorner(env, scorer);
  await corner.setUp();
  await scorer.start({ MODEL: 'bank-leads@1.0.0' });
  try {
    await scorer.untilReady();
    await corner.publish(BEFORE);
    await untilGroupHasRead(env, 'scorer', READ_WITHIN_MS);
    await run(corner);
  } finally {
    await scorer.stop();
  }
  if (scorer.strayEnds().length > 0) throw new Error(scorer.strayEnds().join(', '));
}

function createCorner(env: World['env'], scorer: Member): Corner {
  const topic = (name: string): string => env.TOPIC_PREFIX + name;
  return {
    async deleteTopics(names) {
      const lab = await openKafkaLab(env.KAFKA_BROKERS);
      try {
        for (const name of names) await lab.deleteTopic(topic(name));
      } finally {
        await lab.close();
      }
    },
    async setUp() {
      const more = { PARTITIONS: '1', REPLICATION_FACTOR: '3', MIN_INSYNC_REPLICAS: '2' };
      // Right after a deletion brokers disagree for a moment about what there is.
      const make = () => setUp({ env: { ...env, ...more }, log: () => {} });
      await untilItWorks(make, SET_UP_WITHIN_MS, 'the topics could not be made');
    },
    publish: (leads) => publishLeads(env, leads),
    untilNotReady: () =>
      until(
        async () => !(await fetch(`${scorer.url}/health`, { signal: AbortSignal.timeout(2_000) })).ok,
        NOTICED_WITHIN_MS,
        'the scorer did not say that a topic is gone',
      ),
    async expect(wanted) {
      await untilGroupHasRead(env, 'scorer', READ_WITHIN_MS);
      await scorer.stop();
      // Transactions that are open just now may be those of other streams.
      const { roles } = await judgeFaults(env, ['production']);
      const { deadLetters: _none, ...found } = roles['production'] ?? {};
      const wrong = Object.entries(found).filter(
        ([what, count]) => count !== (Object.entries(wanted).find(([name]) => name === what)?.[1] ?? 0),
      );
      if (wrong.length > 0) throw new Error(wrong.map(([what, count]) => `${count} ${what}`).join(', '));
    },
  };
}

async function publishLeads(env: World['env'], count: number): Promise<void> {
  const forge = await createLeadForge(env.SCHEMA_REGISTRY_URL, env.TOPIC_PREFIX);
  const publisher = createPublisher({ brokers: env.KAFKA_BROKERS.split(','), clientId: 'faults' }, () => {});
  await publisher.connect();
  try {
    const leads = Array.from({ length: count }, (_, number) => ({
      key: Buffer.from(`lead-${number}`),
      value: forge.write(number),
    }));
    await publisher.publish(`${env.TOPIC_PREFIX}lead-created`, leads);
  } finally {
    await publisher.close();
  }
}
