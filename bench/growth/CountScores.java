import java.io.IOException;
import java.time.Duration;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Counts the records of a topic with Kafka's own Java client, read_committed, whose keys are "lead-0" to "lead-N-1":
 * how many there are, how many of the N leads are among them, and when the first and the last were written.
 *
 * <p>Usage: java -cp 'kafka/libs/*' CountScores.java HOST:PORT TOPIC N; prints one JSON object.
 */
public final class CountScores {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final int PREFIX = "lead-".length();

  public static void main(String[] args) throws IOException {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", args[0]);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    settings.put("max.poll.records", "10000");
    BitSet seen = new BitSet(Integer.parseInt(args[2]));
    long records = 0;
    long bytes = 0;
    long first = Long.MAX_VALUE;
    long last = Long.MIN_VALUE;
    try (var consumer = new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer())) {
      List<TopicPartition> partitions =
          consumer.partitionsFor(args[1]).stream().map(p -> new TopicPartition(p.topic(), p.partition())).toList();
      Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
      consumer.assign(partitions);
      consumer.seekToBeginning(partitions);
      // Markers of transactions are no records: the position passes them, and it is what tells the end.
      while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          records += 1;
          bytes += record.serializedValueSize();
          first = Math.min(first, record.timestamp());
          last = Math.max(last, record.timestamp());
          seen.set(numberOf(record.key()));
        }
      }
    }
    System.out.printf(
        "{\"records\":%d,\"leads\":%d,\"valueBytes\":%d,\"firstMs\":%d,\"lastMs\":%d}%n",
        records, seen.cardinality(), bytes, first, last);
  }

  private static int numberOf(byte[] key) {
    int number = 0;
    for (int at = PREFIX; at < key.length; at += 1) number = 10 * number + key[at] - '0';
    return number;
  }
}
