import type { Bench } from '../part.ts';
import { produceLeads } from '../produce-leads.ts';
import { count } from '../table.ts';
import { drainBacklog } from './drain-backlog.ts';
import { createScorer } from './drainers.ts';

/** Drains a backlog on topics of its own: a broker that has just started compiles its code for minutes otherwise. */
export async function warmUpBroker(
  { stack, options, prepareTopics, log }: Bench,
  prefix: string,
): Promise<void> {
  const { warmUpLeads } = options;
  if (warmUpLeads === 0) return;
  log(`warming up the broker with ${count(warmUpLeads)} leads`);
  const context = await prepareTopics(prefix);
  await produceLeads(context, warmUpLeads);
  const backlog = { context, leads: warmUpLeads, brokerPid: stack.pids['kafka'] };
  await drainBacklog(backlog, createScorer(context));
}
