import type { KafkaLogSink } from '../kafka/client.ts';
import { countGroupMembers } from '../kafka/group-members.ts';
import { asClient, type KafkaAccess } from '../kafka/settings.ts';

/** Whether anybody advances rollouts and rolls them back. */
export type ControllerPresence =
  | { readonly state: 'present'; readonly instances: number }
  /** Nothing advances, nothing is rolled back; leads are assigned all the same. */
  | { readonly state: 'absent' }
  | { readonly state: 'unknown'; readonly why: string };

export type ProbeController = () => Promise<ControllerPresence>;

/** Somebody waits for the answer. */
const PATIENCE_MS = 3_000;

/**
 * Asks Kafka for the members of the controllers' consumer group, `<prefix>rollout`. Never throws, and answers within
 * 3 s. A controller that was killed counts for the 10 s of its session.
 */
export function createControllerProbe(
  options: KafkaAccess & { readonly topicPrefix: string; readonly clientLog: KafkaLogSink },
): ProbeController {
  const kafka = asClient(options, 'scoreline-rollout-probe');
  const groupId = `${options.topicPrefix}rollout`;
  return async () => {
    try {
      const instances = await within(PATIENCE_MS, countGroupMembers(kafka, groupId, options.clientLog));
      return instances > 0 ? { state: 'present', instances } : { state: 'absent' };
    } catch (error) {
      return { state: 'unknown', why: error instanceof Error ? error.message : String(error) };
    }
  };
}

async function within<T>(limitMs: number, work: Promise<T>): Promise<T> {
  const { promise: late, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${limitMs / 1_000} s`)), limitMs);
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
