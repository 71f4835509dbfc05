import type { AvroWriter } from '../avro/codec.ts';
import type { KafkaLogSink } from './client.ts';
import { createPublisher } from './publish.ts';
import type { KafkaSettings } from './settings.ts';

/** Writes events to a one-partition topic. */
export interface EventAppender<E> {
  /**
   * The event's offset, once every in-sync replica has it. A retry of the client may write it twice, and a throw says
   * nothing about whether it was written: readers tell by the revision that it expects.
   */
  append(event: E): Promise<number>;
  close(): Promise<void>;
}

export interface EventAppenderOptions<E> {
  readonly kafka: KafkaSettings;
  readonly topic: string;
  /** Asked at the first append, and again while it fails. */
  readonly writer: () => Promise<AvroWriter<E>>;
  readonly keyOf: (event: E) => string;
  readonly clientLog: KafkaLogSink;
}

/** Connects at the first append; about ten seconds of retries a call, then an error. */
export function createEventAppender<E>(options: EventAppenderOptions<E>): EventAppender<E> {
  const { kafka, topic, keyOf, clientLog } = options;
  const publisher = createPublisher(kafka, clientLog);
  let writer: AvroWriter<E> | undefined;
  return {
    async append(event) {
      writer ??= await options.writer();
      const record = { key: Buffer.from(keyOf(event)), value: writer.encode(event), partition: 0 };
      await publisher.connect();
      const [range] = await publisher.publish(topic, [record]);
      if (range === undefined) throw new Error(`${topic} did not say where the event stands`);
      return range.firstOffset;
    },
    close: () => publisher.close(),
  };
}
