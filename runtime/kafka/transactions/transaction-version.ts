import type { Kafka } from 'kafkajs';
import { openKafkajsCluster } from '../kafkajs-cluster.ts';
import { ask } from './ask.ts';
import { finalizedFeatures } from './protocol/api-versions.ts';

/** Nothing of it is asked for. */
const METADATA_MAX_AGE_MS = 300_000;

const ofCluster = new WeakMap<Kafka, Promise<number>>();

/**
 * The version of transactions that the whole cluster has by now (its feature `transaction.version`): 2 from Kafka 4.0
 * on, 0 where it doesn't say. Asked once a client object: an upgrade of a running cluster shows at the next start.
 */
export function readTransactionVersion(kafka: Kafka): Promise<number> {
  const known = ofCluster.get(kafka);
  if (known !== undefined) return known;
  const asked = askVersion(kafka);
  ofCluster.set(kafka, asked);
  asked.catch(() => ofCluster.delete(kafka));
  return asked;
}

async function askVersion(kafka: Kafka): Promise<number> {
  const cluster = openKafkajsCluster(kafka, { metadataMaxAge: METADATA_MAX_AGE_MS });
  try {
    await cluster.connect();
    const features = await ask(cluster.brokerPool.seedBroker, finalizedFeatures());
    return features.get('transaction.version') ?? 0;
  } finally {
    await cluster.disconnect();
  }
}
