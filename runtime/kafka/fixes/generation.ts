/** What kafkajs tells of a join, and what we add. */
export type WithGeneration<Payload> = Payload & {
  /** How often the group had been joined anew: brokers refuse transactions of members of an earlier one (KIP-447). */
  readonly generationId: number;
};

interface Emitter {
  emit(event: string, payload?: unknown): unknown;
}

/** The part of kafkajs's consumer group that knows, and tells of joins. */
export interface JoiningGroup {
  readonly generationId: number;
  instrumentationEmitter: Emitter;
  joinAndSync(): Promise<void>;
}

const GROUP_JOIN = 'consumer.group_join';
const telling = new WeakSet<Emitter>();

/** kafkajs knows its group's generation and leaves it out of what it tells of a join. */
export function tellGeneration({ joinAndSync }: Pick<JoiningGroup, 'joinAndSync'>): typeof tells {
  const tells = {
    async joinAndSync(this: JoiningGroup): Promise<void> {
      if (!telling.has(this.instrumentationEmitter)) this.instrumentationEmitter = createTelling(this);
      return joinAndSync.call(this);
    },
  };
  return tells;
}

function createTelling(group: JoiningGroup): Emitter {
  const original = group.instrumentationEmitter;
  const emitter: Emitter = {
    emit(event, payload) {
      const told =
        event === GROUP_JOIN ? { ...(payload as object), generationId: group.generationId } : payload;
      return original.emit(event, told);
    },
  };
  telling.add(emitter);
  return emitter;
}
