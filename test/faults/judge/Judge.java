import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.DecoderFactory;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListTransactionsOptions;
import org.apache.kafka.clients.admin.TransactionState;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.consumer.OffsetAndMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * The judge of a fault run: Kafka's own Java client (read_committed), Avro's own reader, no line of the code that it
 * judges. It holds every committed lead event against every committed score and dead letter.
 *
 * <p>Usage: java -cp '...' Judge.java BROKERS REGISTRY_URL LEAD_TOPIC DEAD_LETTER_TOPIC ROLE=TOPIC=GROUP...
 *
 * <p>Prints one JSON object: leads, hangingTransactions, and by role {scores, deadLetters, lost, duplicates, phantoms
 * (of events that no reader may see: aborted, or never written), contradicted (scored and given up), wrongPartition,
 * outOfOrder, foreignKey (of another lead than the event's key says, or under another key than its lead's), uncommitted
 * (lead events after the group's committed offset)}. The keys of lead events are the ids of their leads.
 */
public final class Judge {
  private static final Duration POLL = Duration.ofMillis(500);
  private static final long DEADLINE_MS = 300_000;
  private static final ObjectMapper JSON = new ObjectMapper();

  private final String brokers;
  private final Schemas schemas;
  /** Lead events that a read_committed reader sees: partition to offsets. */
  private final Map<Integer, BitSet> leads = new HashMap<>();
  /** Hashes of their keys, which are the ids of the leads: partition to offset. */
  private final Map<Integer, int[]> leadKeys = new HashMap<>();
  private final Map<String, Stream> streams = new TreeMap<>();
  private int openPartitions;

  private Judge(String brokers, String registryUrl) {
    this.brokers = brokers;
    this.schemas = new Schemas(registryUrl);
  }

  public static void main(String[] args) throws Exception {
    Judge judge = new Judge(args[0], args[1]);
    for (int i = 4; i < args.length; i++) {
      String[] parts = args[i].split("=", 3);
      judge.streams.put(parts[0], new Stream(parts[0], parts[1], parts[2]));
    }
    judge.read(args[2], judge::seeLead);
    judge.read(args[3], judge::seeDeadLetter);
    for (Stream stream : judge.streams.values()) judge.read(stream.topic, record -> judge.seeScore(stream, record));
    System.out.println(JSON.writeValueAsString(judge.verdict(args[2])));
  }

  private void seeLead(ConsumerRecord<byte[], byte[]> record) {
    setBit(leads, record.partition(), record.offset());
    int offset = Math.toIntExact(record.offset());
    int[] hashes = leadKeys.getOrDefault(record.partition(), new int[1024]);
    if (offset >= hashes.length) hashes = Arrays.copyOf(hashes, Math.max(offset + 1, 2 * hashes.length));
    hashes[offset] = Arrays.hashCode(record.key());
    leadKeys.put(record.partition(), hashes);
  }

  /** Whether that event's key is another one; of an event that nobody may see no key is known. */
  private boolean isForeign(byte[] key, int partition, long offset) {
    return isBit(leads, partition, offset)
        && leadKeys.get(partition)[Math.toIntExact(offset)] != Arrays.hashCode(key);
  }

  private void seeDeadLetter(ConsumerRecord<byte[], byte[]> record) {
    Stream stream = streams.get(header(record, "dlq.role"));
    if (stream == null) return;
    int partition = Integer.parseInt(header(record, "dlq.source.partition"));
    long offset = Long.parseLong(header(record, "dlq.source.offset"));
    stream.deadLetters++;
    if (partition != record.partition()) stream.wrongPartition++;
    if (!isBit(leads, partition, offset)) stream.phantoms++;
    if (isForeign(record.key(), partition, offset)) stream.foreignKey++;
    if (!setBit(stream.givenUp, partition, offset)) stream.duplicates++;
  }

  private void seeScore(Stream stream, ConsumerRecord<byte[], byte[]> record) {
    GenericRecord score = schemas.decode(record.value());
    GenericRecord source = (GenericRecord) score.get("source");
    int partition = ((Number) source.get("partition")).intValue();
    long offset = ((Number) source.get("offset")).longValue();
    String scorer = score.get("role") + "/" + score.get("model") + "@" + score.get("model_version");
    stream.scores++;
    if (partition != record.partition()) stream.wrongPartition++;
    if (!isBit(leads, partition, offset)) stream.phantoms++;
    if (isBit(stream.givenUp, partition, offset)) stream.contradicted++;
    byte[] lead = score.get("lead_id").toString().getBytes(StandardCharsets.UTF_8);
    if (!Arrays.equals(lead, record.key()) || isForeign(lead, partition, offset)) stream.foreignKey++;
    if (!setBit(stream.scored.computeIfAbsent(scorer, name -> new HashMap<>()), partition, offset)) stream.duplicates++;
    Long before = stream.latest.put(scorer + "/" + record.partition(), offset);
    if (before != null && before > offset) stream.outOfOrder++;
  }

  private ObjectNode verdict(String leadTopic) throws Exception {
    ObjectNode verdict = JSON.createObjectNode();
    verdict.put("leads", leads.values().stream().mapToLong(BitSet::cardinality).sum());
    try (Admin admin = Admin.create(Map.<String, Object>of("bootstrap.servers", brokers))) {
      verdict.put("hangingTransactions", openPartitions + countOngoing(admin));
      ObjectNode roles = verdict.putObject("roles");
      for (Stream stream : streams.values()) {
        Map<TopicPartition, OffsetAndMetadata> committed =
            admin.listConsumerGroupOffsets(stream.group).partitionsToOffsetAndMetadata().get(30, TimeUnit.SECONDS);
        roles.set(stream.role, stream.verdict(leads, committed, leadTopic));
      }
    }
    return verdict;
  }

  /** Transactions that no marker has ended although nobody writes any more. */
  private static int countOngoing(Admin admin) throws Exception {
    Set<TransactionState> unended =
        Set.of(TransactionState.ONGOING, TransactionState.PREPARE_COMMIT, TransactionState.PREPARE_ABORT);
    return admin.listTransactions(new ListTransactionsOptions().filterStates(unended)).all().get(30, TimeUnit.SECONDS).size();
  }

  private void read(String topic, Consumer<ConsumerRecord<byte[], byte[]>> onRecord) {
    try (KafkaConsumer<byte[], byte[]> committed = consumer("read_committed");
        KafkaConsumer<byte[], byte[]> uncommitted = consumer("read_uncommitted")) {
      List<TopicPartition> partitions = new ArrayList<>();
      committed.partitionsFor(topic).forEach(info -> partitions.add(new TopicPartition(topic, info.partition())));
      Map<TopicPartition, Long> ends = committed.endOffsets(partitions);
      Map<TopicPartition, Long> highWatermarks = uncommitted.endOffsets(partitions);
      for (TopicPartition partition : partitions) {
        if (ends.get(partition) < highWatermarks.get(partition)) openPartitions++;
      }
      committed.assign(partitions);
      committed.seekToBeginning(partitions);
      long deadline = System.currentTimeMillis() + DEADLINE_MS;
      while (ends.entrySet().stream().anyMatch(end -> committed.position(end.getKey()) < end.getValue())) {
        if (System.currentTimeMillis() > deadline) throw new IllegalStateException(topic + " was not read in time");
        for (ConsumerRecord<byte[], byte[]> record : committed.poll(POLL)) {
          if (record.offset() < ends.get(new TopicPartition(topic, record.partition()))) onRecord.accept(record);
        }
      }
    }
  }

  private KafkaConsumer<byte[], byte[]> consumer(String isolation) {
    Properties settings = new Properties();
    settings.put("bootstrap.servers", brokers);
    settings.put("isolation.level", isolation);
    settings.put("enable.auto.commit", "false");
    settings.put("max.poll.records", "10000");
    return new KafkaConsumer<>(settings, new ByteArrayDeserializer(), new ByteArrayDeserializer());
  }

  private static String header(ConsumerRecord<byte[], byte[]> record, String name) {
    Header header = record.headers().lastHeader(name);
    return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
  }

  /** False where it was set already. */
  private static boolean setBit(Map<Integer, BitSet> bits, int partition, long offset) {
    BitSet ofPartition = bits.computeIfAbsent(partition, number -> new BitSet());
    boolean isNew = !ofPartition.get(Math.toIntExact(offset));
    ofPartition.set(Math.toIntExact(offset));
    return isNew;
  }

  private static boolean isBit(Map<Integer, BitSet> bits, int partition, long offset) {
    BitSet ofPartition = bits.get(partition);
    return ofPartition != null && ofPartition.get(Math.toIntExact(offset));
  }

  /** What one role wrote. */
  private static final class Stream {
    final String role;
    final String topic;
    final String group;
    final Map<Integer, BitSet> givenUp = new HashMap<>();
    final Map<String, Map<Integer, BitSet>> scored = new TreeMap<>();
    final Map<String, Long> latest = new HashMap<>();
    long scores, deadLetters, duplicates, phantoms, contradicted, wrongPartition, outOfOrder, foreignKey;

    Stream(String role, String topic, String group) {
      this.role = role;
      this.topic = topic;
      this.group = group;
    }

    ObjectNode verdict(
        Map<Integer, BitSet> leads, Map<TopicPartition, OffsetAndMetadata> committed, String leadTopic) {
      long lost = 0;
      long uncommitted = 0;
      for (Map.Entry<Integer, BitSet> entry : leads.entrySet()) {
        int partition = entry.getKey();
        BitSet unanswered = (BitSet) entry.getValue().clone();
        scored.values().forEach(bits -> unanswered.andNot(bits.getOrDefault(partition, new BitSet())));
        unanswered.andNot(givenUp.getOrDefault(partition, new BitSet()));
        lost += unanswered.cardinality();
        OffsetAndMetadata position = committed.get(new TopicPartition(leadTopic, partition));
        int from = position == null ? 0 : Math.toIntExact(position.offset());
        uncommitted += entry.getValue().get(from, Math.max(from, entry.getValue().length())).cardinality();
      }
      ObjectNode verdict = JSON.createObjectNode();
      verdict.put("scores", scores).put("deadLetters", deadLetters).put("lost", lost).put("duplicates", duplicates);
      verdict.put("phantoms", phantoms).put("contradicted", contradicted).put("wrongPartition", wrongPartition);
      return verdict.put("outOfOrder", outOfOrder).put("foreignKey", foreignKey).put("uncommitted", uncommitted);
    }
  }

  /** Schemas by their ids, as Confluent's wire format names them. */
  private static final class Schemas {
    private final String registryUrl;
    private final HttpClient http = HttpClient.newHttpClient();
    private final Map<Integer, GenericDatumReader<GenericRecord>> readers = new HashMap<>();

    Schemas(String registryUrl) {
      this.registryUrl = registryUrl;
    }

    GenericRecord decode(byte[] value) {
      ByteBuffer bytes = ByteBuffer.wrap(value);
      if (bytes.get() != 0) throw new IllegalStateException("not Confluent's wire format");
      try {
        GenericDatumReader<GenericRecord> reader = readers.computeIfAbsent(bytes.getInt(), this::fetch);
        return reader.read(null, DecoderFactory.get().binaryDecoder(value, 5, value.length - 5, null));
      } catch (IOException error) {
        throw new IllegalStateException("a score that can't be decoded", error);
      }
    }

    private GenericDatumReader<GenericRecord> fetch(int id) {
      try {
        HttpRequest request = HttpRequest.newBuilder(URI.create(registryUrl + "/schemas/ids/" + id)).timeout(Duration.ofSeconds(10)).build();
        String body = http.send(request, HttpResponse.BodyHandlers.ofString()).body();
        return new GenericDatumReader<>(new Schema.Parser().parse(JSON.readTree(body).get("schema").asText()));
      } catch (IOException | InterruptedException error) {
        throw new IllegalStateException("schema " + id + " could not be had", error);
      }
    }
  }
}
