import { createPace } from '@scoreline/cli/replay/pace.ts';
import { createPublisher, type PublishedRecord } from '@scoreline/runtime/kafka/publish.ts';
import type { BenchContext } from '../context.ts';

/**
 * Publishes leads at a steady rate, whatever comes back (open loop), those of 10 ms together as a producer with that
 * linger does; each has the moment of its publication as its Kafka timestamp. Begins anew where `leads` end. How many
 * were sent when `signal` ended it. Where a send fails it ends by itself, and whoever awaits it is told.
 */
export function sendSteadily(
  context: BenchContext,
  leads: readonly PublishedRecord[],
  rate: number,
  signal: AbortSignal,
): Promise<number> {
  const sending = send(context, leads, rate, signal);
  // It is awaited when the measurement is over: until then a failure isn't nobody's.
  sending.catch(() => undefined);
  return sending;
}

async function send(
  { env, prefix }: BenchContext,
  leads: readonly PublishedRecord[],
  rate: number,
  signal: AbortSignal,
): Promise<number> {
  const publisher = createPublisher({ brokers: [env.KAFKA_BROKERS], clientId: 'bench' }, () => {});
  await publisher.connect();
  const pace = createPace(rate);
  const failed = new AbortController();
  const ending = AbortSignal.any([signal, failed.signal]);
  const sends = new Set<Promise<unknown>>();
  let sent = 0;
  for (await pace.waitFor(sent, ending); !ending.aborted; await pace.waitFor(sent, ending)) {
    const portion = takePortion(leads, sent, pace.portionAfter(sent));
    const publishing = publisher
      .publish(`${prefix}lead-created`, portion)
      .catch((error: unknown) => failed.abort(error))
      .finally(() => sends.delete(publishing));
    sends.add(publishing);
    sent += portion.length;
  }
  await Promise.all(sends);
  await publisher.close();
  failed.signal.throwIfAborted();
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
