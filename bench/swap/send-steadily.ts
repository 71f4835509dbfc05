import { createPace } from '@scoreline/cli/replay/pace.ts';
import { createPublisher, type PublishedRecord } from '@scoreline/runtime/kafka/publish.ts';
import type { BenchContext } from '../context.ts';

/**
 * Publishes leads at a steady rate, whatever comes back (open loop), those of 10 ms together as a producer with that
 * linger does; each has the moment of its publication as its Kafka timestamp. Begins anew where `leads` end. How many
 * were sent when `signal` ended it.
 */
export async function sendSteadily(
  { env, prefix }: BenchContext,
  leads: readonly PublishedRecord[],
  rate: number,
  signal: AbortSignal,
): Promise<number> {
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'bench' }, () => {});
  await publisher.connect();
  const pace = createPace(rate);
  const sends = new Set<Promise<unknown>>();
  let sent = 0;
  for (await pace.waitFor(sent, signal); !signal.aborted; await pace.waitFor(sent, signal)) {
    const portion = takePortion(leads, sent, pace.portionAfter(sent));
    const send = publisher.publish(`${prefix}lead-created`, portion).finally(() => sends.delete(send));
    sends.add(send);
    sent += portion.length;
  }
  await Promise.all(sends);
  await publisher.close();
  return sent;
}

function takePortion(leads: readonly PublishedRecord[], from: number, count: number): PublishedRecord[] {
  const timestamp = Date.now();
  return Array.from({ length: count }, (_, index) => {
    const lead = leads[(from + index) % leads.length];
    if (lead === undefined) throw new Error('there are no leads to send');
    return { ...lead, timestamp };
  });
}
