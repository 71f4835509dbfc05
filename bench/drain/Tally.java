import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.RecordsToDelete;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.errors.GroupIdNotFoundException;
import org.apache.kafka.common.errors.GroupNotEmptyException;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Counts a topic's committed records with Kafka's own Java client, and then forgets them, and how far a group had
 * come, so that the same backlog can be drained again.
 *
 * <p>Usage: java -cp 'kafka/libs/*' Tally.java HOST:PORT TOPIC [GROUP]
 *
 * <p>Prints one line: {"records", "valueBytes", "firstMs", "lastMs"}; the last two are Kafka's timestamps.
 */
public final class Tally {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long DEADLINE_MS = 300_000;
  private static final long GROUP_DEADLINE_MS = 30_000;
  private static final long GROUP_POLL_MS = 200;

  private long records = 0;
  private long valueBytes = 0;
  private long firstMs = Long.MAX_VALUE;
  private long lastMs = Long.MIN_VALUE;

  public static void main(String[] args) throws Exception {
    if (args.length < 2 || args.length > 3) {
      System.err.println("usage: java -cp 'kafka/libs/*' Tally.java HOST:PORT TOPIC [GROUP]");
      System.exit(2);
    }
    Tally tally = new Tally();
    Map<TopicPartition, Long> ends = tally.count(args[0], args[1]);
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", args[0]))) {
      Map<TopicPartition, RecordsToDelete> read = new HashMap<>();
      ends.forEach((partition, end) -> read.put(partition, RecordsToDelete.beforeOffset(end)));
      admin.deleteRecords(read).all().get();
      if (args.length == 3) forget(admin, args[2]);
    }
    System.out.printf(
        "{\"records\":%d,\"valueBytes\":%d,\"firstMs\":%d,\"lastMs\":%d}%n",
        tally.records, tally.valueBytes, tally.firstMs, tally.lastMs);
  }

  /** To the last stable offsets, which it returns. */
  private Map<TopicPartition, Long> count(String brokers, String topic) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    settings.put("max.poll.records", "10000");
    try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(topic).stream().map(info -> new TopicPartition(topic, info.partition())).toList();
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      long deadline = System.currentTimeMillis() + DEADLINE_MS;
      // Markers of transactions are no records: the position passes them, and it is what tells the end.
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        if (System.currentTimeMillis() > deadline) {
          throw new IllegalStateException(topic + " was not read to its end within " + DEADLINE_MS / 1000 + " s");
        }
        consumer.poll(POLL).forEach(this::add);
      }
      return ends;
    }
  }

  private void add(ConsumerRecord<byte[], byte[]> record) {
    records += 1;
    valueBytes += record.serializedValueSize();
    firstMs = Math.min(firstMs, record.timestamp());
    lastMs = Math.max(lastMs, record.timestamp());
  }

  /** A member that was killed is in its group until its session ends. */
  private static void forget(Admin admin, String group) throws InterruptedException, ExecutionException {
    long deadline = System.currentTimeMillis() + GROUP_DEADLINE_MS;
    while (true) {
      try {
        admin.deleteConsumerGroups(List.of(group)).all().get();
        return;
      } catch (ExecutionException failed) {
        if (failed.getCause() instanceof GroupIdNotFoundException) return;
        boolean mayEmpty = failed.getCause() instanceof GroupNotEmptyException;
        if (!mayEmpty || System.currentTimeMillis() > deadline) throw failed;
        Thread.sleep(GROUP_POLL_MS);
      }
    }
  }
}
