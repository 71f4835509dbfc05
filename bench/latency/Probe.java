import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * Sends records to one topic at an even rate, whatever comes back (open loop), follows another read_committed, and
 * prints how long each took from the moment at which it was due to be sent to the arrival of the record of its key
 * there: a send that is late counts against what is measured, as it would for whoever waits (coordinated omission).
 *
 * <p>Usage: java -cp 'kafka/libs/*' Probe.java HOST:PORT FROM TO RATE WARM_UP EVENTS, the records on standard input,
 * one a line, key and value in base64 with a tab between; they begin anew where they end. The first WARM_UP sends
 * aren't counted, the EVENTS after them are.
 *
 * <p>Prints one line: {"events", "arrived", "p50Ms", "p95Ms", "p99Ms", "maxMs", "lateP99Ms", "lateMaxMs"}; the last
 * two say how late the sends themselves were: where they are large, the rate was not kept.
 *
 * <p>Records of one key come back in their order, one for each: the n-th arrival of a key belongs to its n-th send.
 */
public final class Probe {
  private static final Duration POLL = Duration.ofMillis(100);
  private static final long LEAD_IN_NANOS = 200_000_000;
  private static final long LAST_ARRIVAL_NANOS = 10_000_000_000L;

  private final String from;
  private final double nanosBetween;
  private final int warmUp;
  private final List<ProducerRecord<byte[], byte[]>> records;
  private final Map<String, Sends> sendsByKey = new HashMap<>();
  /** By send: how late it left, how long its answer took; an answer of 0 never came. */
  private final long[] lateNanos;
  private final long[] latencyNanos;
  private final AtomicReference<Exception> failure = new AtomicReference<>();
  private volatile long begunNanos;
  private volatile long lastSentNanos = Long.MAX_VALUE;

  /** The sends of one key, in order, and how many of them have come back. */
  private static final class Sends {
    final List<Integer> indices = new ArrayList<>();
    int arrived = 0;
  }

  public static void main(String[] args) throws Exception {
    if (args.length != 6) {
      System.err.println("usage: java -cp 'kafka/libs/*' Probe.java HOST:PORT FROM TO RATE WARM_UP EVENTS < records");
      System.exit(2);
    }
    int warmUp = Integer.parseInt(args[4]);
    Probe probe = new Probe(args[1], Double.parseDouble(args[3]), warmUp, warmUp + Integer.parseInt(args[5]));
    probe.run(args[0], args[2]);
    System.out.println(probe.summarise());
  }

  private Probe(String from, double rate, int warmUp, int sends) throws IOException {
    this.from = from;
    this.nanosBetween = 1e9 / rate;
    this.warmUp = warmUp;
    this.records = readRecords(from);
    this.lateNanos = new long[sends];
    this.latencyNanos = new long[sends];
    for (int send = 0; send < sends; send += 1) {
      String key = keyOf(records.get(send % records.size()).key());
      sendsByKey.computeIfAbsent(key, unknown -> new Sends()).indices.add(send);
    }
  }

  private static List<ProducerRecord<byte[], byte[]>> readRecords(String topic) throws IOException {
    List<ProducerRecord<byte[], byte[]>> records = new ArrayList<>();
    Base64.Decoder base64 = Base64.getDecoder();
    try (BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.US_ASCII))) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        int tab = line.indexOf('\t');
        byte[] value = base64.decode(line.substring(tab + 1));
        records.add(new ProducerRecord<>(topic, base64.decode(line.substring(0, tab)), value));
      }
    }
    if (records.isEmpty()) throw new IllegalArgumentException("there are no records on standard input");
    return records;
  }

  private void run(String brokers, String to) throws Exception {
    try (KafkaProducer<byte[], byte[]> producer = openProducer(brokers);
        KafkaConsumer<byte[], byte[]> consumer = openConsumer(brokers, to)) {
      producer.partitionsFor(from);
      begunNanos = System.nanoTime() + LEAD_IN_NANOS;
      Thread sender = new Thread(() -> send(producer), "sender");
      sender.start();
      receive(consumer);
      sender.join();
      producer.flush();
    }
    if (failure.get() != null) throw failure.get();
  }

  private void send(KafkaProducer<byte[], byte[]> producer) {
    for (int send = 0; send < lateNanos.length && failure.get() == null; send += 1) {
      long due = dueNanos(send);
      for (long left = due - System.nanoTime(); left > 0; left = due - System.nanoTime()) LockSupport.parkNanos(left);
      lateNanos[send] = System.nanoTime() - due;
      producer.send(records.get(send % records.size()), (written, error) -> {
        if (error != null) failure.compareAndSet(null, error);
      });
    }
    lastSentNanos = System.nanoTime();
  }

  private void receive(KafkaConsumer<byte[], byte[]> consumer) {
    int missing = latencyNanos.length;
    while (missing > 0 && failure.get() == null && System.nanoTime() - LAST_ARRIVAL_NANOS < lastSentNanos) {
      Iterable<ConsumerRecord<byte[], byte[]>> arrived = consumer.poll(POLL);
      long now = System.nanoTime();
      for (ConsumerRecord<byte[], byte[]> record : arrived) {
        Sends sends = sendsByKey.get(keyOf(record.key()));
        if (sends == null || sends.arrived == sends.indices.size()) continue;
        int send = sends.indices.get(sends.arrived);
        sends.arrived += 1;
        latencyNanos[send] = now - dueNanos(send);
        missing -= 1;
      }
    }
  }

  private long dueNanos(int send) {
    return begunNanos + Math.round(send * nanosBetween);
  }

  private String summarise() {
    long[] arrived = Arrays.stream(latencyNanos).skip(warmUp).filter(nanos -> nanos != 0).sorted().toArray();
    long[] late = Arrays.stream(lateNanos).skip(warmUp).sorted().toArray();
    return String.format(
        Locale.ROOT,
        "{\"events\":%d,\"arrived\":%d,\"p50Ms\":%s,\"p95Ms\":%s,\"p99Ms\":%s,\"maxMs\":%s,"
            + "\"lateP99Ms\":%s,\"lateMaxMs\":%s}",
        late.length, arrived.length, quantileMs(arrived, .5), quantileMs(arrived, .95), quantileMs(arrived, .99),
        quantileMs(arrived, 1), quantileMs(late, .99), quantileMs(late, 1));
  }

  /** By nearest rank; null of none. */
  private static String quantileMs(long[] sorted, double q) {
    if (sorted.length == 0) return "null";
    int rank = (int) Math.ceil(q * sorted.length);
    return String.format(Locale.ROOT, "%.3f", sorted[Math.max(0, rank - 1)] / 1e6);
  }

  private static KafkaProducer<byte[], byte[]> openProducer(String brokers) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("linger.ms", "0");
    settings.put("acks", "all");
    return new KafkaProducer<>(settings, new ByteArraySerializer(), new ByteArraySerializer());
  }

  /** At the topic's end. */
  private static KafkaConsumer<byte[], byte[]> openConsumer(String brokers, String topic) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("isolation.level", "read_committed");
    settings.put("enable.auto.commit", "false");
    settings.put("max.poll.records", "10000");
    KafkaConsumer<byte[], byte[]> consumer =
        new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
    List<TopicPartition> partitions = new ArrayList<>();
    consumer.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
    consumer.assign(partitions);
    consumer.seekToEnd(partitions);
    partitions.forEach(consumer::position);
    return consumer;
  }

  private static String keyOf(byte[] key) {
    return new String(key, StandardCharsets.ISO_8859_1);
  }
}
