import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.io.StringReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads topics from their beginning to their ends with Kafka's own Java client, read_committed, and prints one JSON
 * line a record. A judge that shares no code with what it judges.
 *
 * <p>Usage: java -cp 'kafka/libs/*' ReadCommitted.java [--follow] HOST:PORT TOPIC...
 *
 * <p>KAFKA_CLIENT_PROPERTIES in the environment: the client's properties where brokers want TLS or SASL.
 *
 * <p>At the end, one line a partition: {"end": true, topic, partition, lastStableOffset, highWatermark}. The two
 * differ where a transaction is still open.
 *
 * <p>With --follow: from the topics' ends on, after a line {"ready": true}, each record with the time at which it
 * arrived (arrivedUs, epoch microseconds), until standard input ends.
 */
public final class ReadCommitted {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long DEADLINE_MS = 120_000;

  public static void main(String[] args) throws IOException {
    boolean follow = args.length > 0 && args[0].equals("--follow");
    List<String> operands = Arrays.asList(args).subList(follow ? 1 : 0, args.length);
    if (operands.size() < 2) {
      System.err.println("usage: java -cp 'kafka/libs/*' ReadCommitted.java [--follow] HOST:PORT TOPIC...");
      System.exit(2);
    }
    List<String> topics = operands.subList(1, operands.size());
    PrintStream out = new PrintStream(new BufferedOutputStream(System.out, 1 << 16), false, StandardCharsets.UTF_8);
    if (follow) follow(operands.get(0), topics, out);
    else readWhole(operands.get(0), topics, out);
    out.flush();
  }

  private static void readWhole(String brokers, List<String> topics, PrintStream out) {
    try (KafkaConsumer<byte[], byte[]> committed = consumer(brokers, "read_committed");
        KafkaConsumer<byte[], byte[]> uncommitted = consumer(brokers, "read_uncommitted")) {
      List<TopicPartition> partitions = partitionsOf(committed, topics);
      Map<TopicPartition, Long> lastStable = committed.endOffsets(partitions);
      Map<TopicPartition, Long> highWatermarks = uncommitted.endOffsets(partitions);
      committed.assign(partitions);
      committed.seekToBeginning(partitions);
      readToEnd(committed, lastStable, out);
      for (TopicPartition partition : partitions) {
        printEnd(out, partition, lastStable.get(partition), highWatermarks.get(partition));
      }
    }
  }

  private static void follow(String brokers, List<String> topics, PrintStream out) throws IOException {
    try (KafkaConsumer<byte[], byte[]> consumer = consumer(brokers, "read_committed")) {
      List<TopicPartition> partitions = partitionsOf(consumer, topics);
      consumer.assign(partitions);
      consumer.seekToEnd(partitions);
      partitions.forEach(consumer::position);
      out.append("{\"ready\":true}\n").flush();
      // Standard input is a pipe that stays silent: bytes never become available, but its end ends us.
      Thread parent = new Thread(ReadCommitted::awaitEndOfInput);
      parent.start();
      while (parent.isAlive()) {
        for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
          Instant now = Instant.now();
          print(out, record, ",\"arrivedUs\":" + (now.getEpochSecond() * 1_000_000 + now.getNano() / 1_000));
        }
        out.flush();
      }
    }
  }

  private static void awaitEndOfInput() {
    try {
      while (System.in.read() >= 0) {}
    } catch (IOException gone) {
      // A broken pipe is an end too.
    }
  }

  private static KafkaConsumer<byte[], byte[]> consumer(String brokers, String isolation) {
    Properties settings = clientProperties();
    settings.put("bootstrap.servers", brokers);
    settings.put("isolation.level", isolation);
    settings.put("enable.auto.commit", "false");
    settings.put("max.poll.records", "10000");
    settings.put("fetch.max.bytes", String.valueOf(32 << 20));
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  /** How to be let in: from the environment, since command lines can be read by everybody on the machine. */
  private static Properties clientProperties() {
    Properties properties = new Properties();
    try {
      properties.load(new StringReader(System.getenv().getOrDefault("KAFKA_CLIENT_PROPERTIES", "")));
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
    return properties;
  }

  private static List<TopicPartition> partitionsOf(KafkaConsumer<?, ?> consumer, List<String> topics) {
    List<TopicPartition> partitions = new ArrayList<>();
    for (String topic : topics) {
      consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    }
    return partitions;
  }

  /** Markers of transactions are no records: the position passes them, and it is what tells the end. */
  private static void readToEnd(
      KafkaConsumer<byte[], byte[]> consumer, Map<TopicPartition, Long> ends, PrintStream out) {
    long deadline = System.currentTimeMillis() + DEADLINE_MS;
    while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
      if (System.currentTimeMillis() > deadline) {
        throw new IllegalStateException("the ends were not reached within " + DEADLINE_MS / 1000 + " s");
      }
      for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
        long end = ends.get(new TopicPartition(record.topic(), record.partition()));
        if (record.offset() < end) print(out, record, "");
      }
    }
  }

  private static void print(PrintStream out, ConsumerRecord<byte[], byte[]> record, String more) {
    StringBuilder line = new StringBuilder(256 + Math.max(0, record.serializedValueSize()) * 4 / 3);
    line.append("{\"topic\":").append(quote(record.topic()));
    line.append(",\"partition\":").append(record.partition());
    line.append(",\"offset\":").append(record.offset());
    line.append(",\"timestamp\":").append(record.timestamp());
    line.append(",\"key\":").append(base64(record.key()));
    line.append(",\"value\":").append(base64(record.value()));
    line.append(",\"headers\":{").append(headersOf(record)).append('}').append(more).append('}');
    out.append(line).append('\n');
  }

  private static String headersOf(ConsumerRecord<byte[], byte[]> record) {
    Map<String, String> headers = new TreeMap<>();
    for (Header header : record.headers()) headers.put(header.key(), base64(header.value()));
    StringBuilder text = new StringBuilder();
    headers.forEach((name, value) ->
        text.append(text.length() == 0 ? "" : ",").append(quote(name)).append(':').append(value));
    return text.toString();
  }

  private static void printEnd(PrintStream out, TopicPartition partition, long lastStable, long highWatermark) {
    out.append("{\"end\":true,\"topic\":").append(quote(partition.topic()))
        .append(",\"partition\":").append(String.valueOf(partition.partition()))
        .append(",\"lastStableOffset\":").append(String.valueOf(lastStable))
        .append(",\"highWatermark\":").append(String.valueOf(highWatermark)).append("}\n");
  }

  private static String base64(byte[] bytes) {
    return bytes == null ? "null" : '"' + Base64.getEncoder().encodeToString(bytes) + '"';
  }

  /** Topic and header names: printable, but a quote or a backslash may be among them. */
  private static String quote(String text) {
    StringBuilder quoted = new StringBuilder("\"");
    for (char c : text.toCharArray()) {
      if (c == '"' || c == '\\') quoted.append('\\').append(c);
      else if (c < 0x20) quoted.append(String.format("\\u%04x", (int) c));
      else quoted.append(c);
    }
    return quoted.append('"').toString();
  }
}
