import type { ModelEvent } from '@scoreline/core/contracts/model-event.ts';
import type { RolloutEvent } from '@scoreline/core/contracts/rollout-event.ts';
import type { DecisionEvent, DecisionState, Fold } from '@scoreline/core/decisions/decision.ts';
import {
  approve,
  eventOf as registryEventOf,
  given as givenRegistry,
  promote,
  register,
  stage,
  V1,
  V2,
} from '@scoreline/core/registry/testing/given.ts';
import {
  AB_PLAN,
  complete,
  eventOf as rolloutEventOf,
  given as givenRollouts,
  of,
  REGISTRY,
  start,
} from '@scoreline/core/rollout/testing/rollout-room.ts';
import { assignLead, trafficOf } from '@scoreline/core/rollout/traffic.ts';
import { createAvroReader, createAvroWriter, NotOfSchema } from '@scoreline/runtime/avro/codec.ts';
import { contractSchema } from '@scoreline/runtime/avro/contracts.ts';
import { WIRE_HEADER_BYTES, writeHeader } from '@scoreline/runtime/avro/wire-format.ts';
import { describeRegistry } from '@scoreline/runtime/model-lifecycle/describe-registry.ts';
import { REGISTRY_FOLD } from '@scoreline/runtime/registry/projection.ts';
import { createInMemoryRegistry } from '@scoreline/runtime/testing/in-memory-registry.ts';
import { describeRollout } from '@scoreline/runtime/rollouts/describe-rollout.ts';
import { ROLLOUT_FOLD } from '@scoreline/runtime/rollouts/rollout-log.ts';
import type { FuzzTarget } from '../target.ts';

/** Histories of the topics model-registry and rollouts, whoever wrote them, folded and told as HTTP tells them. */
export const decisionsTarget: FuzzTarget = {
  name: 'decisions',
  reads: 'histories of model-registry and rollouts: rules, folds, shares of the leads, what HTTP tells',
  form: 'json',
  async open() {
    const models = await openTopic<ModelEvent>(contractSchema('model-event'));
    const rollouts = await openTopic<RolloutEvent>(contractSchema('rollout-event'));
    return {
      seeds: [Buffer.from(JSON.stringify(writeHistories()))],
      take(input) {
        const { registry, rollouts: ofRollouts } = parse(input);
        JSON.stringify(describeRegistry(fold(REGISTRY_FOLD, models, registry)));
        const state = fold(ROLLOUT_FOLD, rollouts, ofRollouts);
        for (const rollout of state.rollouts.values()) JSON.stringify(describeRollout(rollout));
        const lane = assignLead(trafficOf(state, REGISTRY), 'lead-1');
        return Number.isInteger(lane) ? undefined : `a lead is assigned to treatment ${lane}`;
      },
      close: async () => {},
    };
  },
};

/** An event as it comes out of its topic; undefined for what can't have gone in. */
type ThroughTopic<E> = (event: E) => E | undefined;

async function openTopic<E>(schema: string): Promise<ThroughTopic<E>> {
  const registry = createInMemoryRegistry();
  const writer = await createAvroWriter<E>(registry, 'topic-value', schema);
  const reader = createAvroReader<E>(registry, schema);
  await reader.prepare([writeHeader(Buffer.alloc(WIRE_HEADER_BYTES), writer.schemaId)]);
  return (event) => {
    try {
      const decoded = reader.decode(writer.encode(event));
      return decoded.ok ? decoded.value : undefined;
    } catch (error) {
      // A number that no long holds, or a record that is none.
      if (error instanceof NotOfSchema || error instanceof RangeError || error instanceof TypeError)
        return undefined;
      throw error;
    }
  };
}

/** Each decision at the revision that it finds, or none but the first would count. */
function fold<S extends DecisionState, E extends DecisionEvent>(
  { empty, evolve }: Fold<S, E>,
  throughTopic: ThroughTopic<E>,
  events: readonly E[],
): S {
  let state = empty;
  for (const event of events) {
    const read = throughTopic(event);
    const evolution = read && evolve(state, { ...read, expected_revision: state.revision });
    if (evolution?.accepted === true) ({ state } = evolution);
  }
  return state;
}

interface Histories {
  readonly registry: readonly ModelEvent[];
  readonly rollouts: readonly RolloutEvent[];
}

function parse(input: Buffer): Histories {
  try {
    const { registry, rollouts } = JSON.parse(input.toString()) as Partial<Histories>;
    return { registry: recordsOf(registry), rollouts: recordsOf(rollouts) };
  } catch {
    return { registry: [], rollouts: [] };
  }
}

function recordsOf<E extends object>(events: readonly E[] | undefined): readonly E[] {
  const given: readonly (E | null)[] = Array.isArray(events) ? events : [];
  return given.filter((event) => typeof event === 'object' && event !== null);
}

function writeHistories(): Histories {
  const commands = [register(V1), stage(V1), approve(V1), promote(V1), register(V2), stage(V2)];
  const steps = [start(), of('pause'), of('resume'), of('advance'), of('roll_back')];
  const more = { ...start(AB_PLAN), rolloutId: 'r2' };
  return {
    registry: commands.map((command, index) =>
      registryEventOf(givenRegistry(...commands.slice(0, index)), command),
    ),
    rollouts: [...steps, more, { ...complete(), rolloutId: 'r2' }].flatMap((command, index, all) => {
      try {
        return [rolloutEventOf(givenRollouts(...all.slice(0, index)), command)];
      } catch {
        return [];
      }
    }),
  };
}
