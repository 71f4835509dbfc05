import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Copies one topic to another with Kafka's own client, partition by partition, in one thread: what a process can do at
 * best. Each way twice, of which the second counts: the first lets Java compile.
 *
 * <p>Usage: java -cp 'kafka/libs/*' Copy.java HOST:PORT FROM TO GROUP
 *
 * <p>Prints one line: {"plain": {"records", "perSecond", "cpuSeconds"}, "exactlyOnce": {…}}. Plain: acknowledged by all
 * replicas, offsets committed after. Exactly once: what a poll gave, and its offsets, in one transaction. cpuSeconds
 * are for 100,000 records, all threads together.
 */
public final class Copy {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long DEADLINE_NANOS = 300_000_000_000L;

  private final String brokers;
  private final String from;
  private final String to;
  private final String group;

  public static void main(String[] args) {
    if (args.length != 4) {
      System.err.println("usage: java -cp 'kafka/libs/*' Copy.java HOST:PORT FROM TO GROUP");
      System.exit(2);
    }
    Copy copy = new Copy(args[0], args[1], args[2], args[3]);
    copy.run(false);
    String plain = copy.run(false);
    copy.run(true);
    System.out.println("{\"plain\":" + plain + ",\"exactlyOnce\":" + copy.run(true) + "}");
  }

  private Copy(String brokers, String from, String to, String group) {
    this.brokers = brokers;
    this.from = from;
    this.to = to;
    this.group = group;
  }

  private String run(boolean exactlyOnce) {
    try (KafkaConsumer<byte[], byte[]> consumer = openConsumer();
        KafkaProducer<byte[], byte[]> producer = openProducer(exactlyOnce)) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(from).stream().map(info -> new TopicPartition(from, info.partition())).toList();
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      if (exactlyOnce) producer.initTransactions();
      producer.partitionsFor(to);
      long cpuBefore = cpuNanos();
      long begun = System.nanoTime();
      long records = 0;
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        if (System.nanoTime() - begun > DEADLINE_NANOS) throw new IllegalStateException(from + " was not copied in time");
        ConsumerRecords<byte[], byte[]> polled = consumer.poll(POLL);
        if (exactlyOnce) copyInTransaction(consumer, producer, polled);
        else copyPlainly(consumer, producer, polled);
        records += polled.count();
      }
      double seconds = (System.nanoTime() - begun) / 1e9;
      double cpuSeconds = (cpuNanos() - cpuBefore) / 1e9;
      return String.format(Locale.ROOT, "{\"records\":%d,\"perSecond\":%.1f,\"cpuSeconds\":%.3f}",
          records, records / seconds, cpuSeconds / records * 100_000);
    }
  }

  private void copyPlainly(
      KafkaConsumer<byte[], byte[]> consumer,
      KafkaProducer<byte[], byte[]> producer,
      ConsumerRecords<byte[], byte[]> polled) {
    send(producer, polled);
    producer.flush();
    consumer.commitSync(nextOffsets(polled));
  }

  private void copyInTransaction(
      KafkaConsumer<byte[], byte[]> consumer,
      KafkaProducer<byte[], byte[]> producer,
      ConsumerRecords<byte[], byte[]> polled) {
    if (polled.isEmpty()) return;
    producer.beginTransaction();
    send(producer, polled);
    producer.sendOffsetsToTransaction(nextOffsets(polled), consumer.groupMetadata());
    producer.commitTransaction();
  }

  private void send(KafkaProducer<byte[], byte[]> producer, ConsumerRecords<byte[], byte[]> polled) {
    for (ConsumerRecord<byte[], byte[]> record : polled) {
      producer.send(new ProducerRecord<>(to, record.partition(), record.key(), record.value()));
    }
  }

  private static Map<TopicPartition, OffsetAndMetadata> nextOffsets(ConsumerRecords<byte[], byte[]> polled) {
    Map<TopicPartition, OffsetAndMetadata> next = new HashMap<>();
    for (TopicPartition partition : polled.partitions()) {
      List<ConsumerRecord<byte[], byte[]>> records = polled.records(partition);
      next.put(partition, new OffsetAndMetadata(records.get(records.size() - 1).offset() + 1));
    }
    return next;
  }

  private KafkaConsumer<byte[], byte[]> openConsumer() {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("group.id", group);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    settings.put("max.poll.records", "10000");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private KafkaProducer<byte[], byte[]> openProducer(boolean transactional) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("acks", "all");
    settings.put("batch.size", String.valueOf(256 << 10));
    if (transactional) settings.put("transactional.id", group);
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  private static long cpuNanos() {
    return ((com.sun.management.OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean())
        .getProcessCpuTime();
  }
}
