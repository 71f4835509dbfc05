import { setUp } from '@scoreline/infra/setup/setup.ts';
import { TOPICS } from '@scoreline/infra/topics.ts';
import { type KafkaLab, openKafkaLab } from '@scoreline/runtime/kafka/testing/kafka-lab.ts';
import type { StackEnv } from '@scoreline/infra/local/stack.ts';
import type { WrittenPackage } from '@scoreline/runtime/testing/tiny-package.ts';
import type { BenchContext } from '../context.ts';
import { GROWN, writeGrownPackage } from './package.ts';
import { createLeadEncoder, type LeadEncoder } from './produce.ts';
import type { Shape } from './shape.ts';
import { countNotes, describeLeadSchema, makeUpContents, makeUpFeatures } from './world.ts';

/** Where growth is measured: a stack whose broker serves nobody else. */
export interface GrowthStack {
  readonly env: StackEnv;
  readonly brokerPid: number;
  readonly logFolder: string;
}

/** Topics, a package and leads of one shape. */
export interface Room {
  readonly context: BenchContext;
  readonly written: WrittenPackage;
  readonly encode: LeadEncoder;
  readonly lab: KafkaLab;
  /** Deletes the topics and the package: gigabytes. */
  remove(): Promise<void>;
}

const SEED = 11;
let rooms = 0;

/** Sets up what a shape needs; `run` leads one after another go to a partition. */
export async function openRoom({ env, logFolder }: GrowthStack, shape: Shape, run: number): Promise<Room> {
  rooms += 1;
  const prefix = `growth-${rooms}.`;
  const features = makeUpFeatures(shape.features);
  const notes = countNotes(features, shape.recordBytes);
  const contents = makeUpContents(features, notes, SEED);
  const written = await writeGrownPackage(features, shape.trees, contents);
  const own = { ...env, TOPIC_PREFIX: prefix };
  await setUp({
    env: { ...own, PARTITIONS: String(shape.partitions), LEAD_SCHEMA: 'none' },
    log: () => {},
  });
  const context = { env: own, prefix, model: GROWN, logFolder };
  const schema = describeLeadSchema(features, notes);
  const encode = await createLeadEncoder(context, { schema, contents, partitions: shape.partitions, run });
  const lab = await openKafkaLab(env.KAFKA_BROKERS);
  return {
    context,
    written,
    encode,
    lab,
    async remove() {
      for (const { name } of TOPICS) await lab.deleteTopic(prefix + name);
      await Promise.all([lab.close(), written.remove()]);
    },
  };
}
