import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.atomic.LongAdder;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.producer.ProducerConfig;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.Serdes;
import org.apache.kafka.streams.KafkaStreams;
import org.apache.kafka.streams.StreamsBuilder;
import org.apache.kafka.streams.StreamsConfig;
import org.apache.kafka.streams.Topology;
import org.apache.kafka.streams.errors.StreamsUncaughtExceptionHandler.StreamThreadExceptionResponse;
import org.apache.kafka.streams.kstream.Consumed;
import org.apache.kafka.streams.kstream.Produced;

/**
 * Scores leads exactly once with Kafka Streams, a thread a core. What it leaves out is listed in bench/README.md.
 *
 * <p>Usage: java … ScoringStream HOST:PORT REGISTRY FROM TO GROUP PACKAGE_FOLDER [WARM_UP_TO WARM_UP_GROUP]; it runs
 * until it is ended. With the last two it scores all that is in FROM into another topic first, as another group, so
 * that Java has compiled its code when the one that counts begins.
 */
public final class ScoringStream {
  private static final Duration POLL = Duration.ofMillis(50);
  private static final Duration LAST_COMMIT = Duration.ofSeconds(10);
  private static final int BATCH_BYTES = 256 << 10;

  private final String brokers;
  private final Registry registry;
  private final String from;
  private final ModelPackage model;

  public static void main(String[] args) throws Exception {
    if (args.length != 6 && args.length != 8) {
      System.err.println("usage: ScoringStream HOST:PORT REGISTRY FROM TO GROUP PACKAGE_FOLDER [WARM_UP_TO WARM_UP_GROUP]");
      System.exit(2);
    }
    ModelPackage model = new ModelPackage(Path.of(args[5]));
    ScoringStream scoring = new ScoringStream(args[0], new Registry(args[1]), args[2], model);
    Registry.Registered output = scoring.registry.latest(args[3] + "-value");
    if (args.length == 8) scoring.warmUp(output, args[6], args[7]);
    KafkaStreams streams = scoring.open(output, args[3], args[4], new LongAdder());
    Runtime.getRuntime().addShutdownHook(new Thread(() -> streams.close(LAST_COMMIT)));
    streams.start();
  }

  private ScoringStream(String brokers, Registry registry, String from, ModelPackage model) {
    this.brokers = brokers;
    this.registry = registry;
    this.from = from;
    this.model = model;
  }

  private void warmUp(Registry.Registered output, String to, String group) throws Exception {
    long leads = countLeads();
    LongAdder scored = new LongAdder();
    KafkaStreams streams = open(output, to, group, scored);
    streams.start();
    while (scored.sum() < leads) Thread.sleep(POLL.toMillis());
    streams.close(LAST_COMMIT);
  }

  private KafkaStreams open(Registry.Registered output, String to, String group, LongAdder scored) throws IOException {
    StreamsBuilder builder = new StreamsBuilder();
    builder.stream(from, Consumed.with(Serdes.ByteArray(), Serdes.ByteArray()))
        .processValues(() -> new LeadProcessor(registry, output, model, scored))
        .to(to, Produced.with(Serdes.ByteArray(), Serdes.ByteArray()));
    Topology topology = builder.build();
    KafkaStreams streams = new KafkaStreams(topology, settingsOf(group));
    streams.setUncaughtExceptionHandler(error -> {
      error.printStackTrace();
      // It is restarted as a whole, as the scripts are.
      Runtime.getRuntime().halt(1);
      return StreamThreadExceptionResponse.SHUTDOWN_CLIENT;
    });
    return streams;
  }

  private Properties settingsOf(String group) throws IOException {
    Properties settings = new Properties();
    settings.put(StreamsConfig.APPLICATION_ID_CONFIG, group);
    settings.put(StreamsConfig.BOOTSTRAP_SERVERS_CONFIG, brokers);
    settings.put(StreamsConfig.PROCESSING_GUARANTEE_CONFIG, StreamsConfig.EXACTLY_ONCE_V2);
    settings.put(StreamsConfig.COMMIT_INTERVAL_MS_CONFIG, 100);
    settings.put(StreamsConfig.NUM_STREAM_THREADS_CONFIG, Runtime.getRuntime().availableProcessors());
    settings.put(StreamsConfig.STATE_DIR_CONFIG, Files.createTempDirectory("scoring-stream").toString());
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.AUTO_OFFSET_RESET_CONFIG), "earliest");
    settings.put(StreamsConfig.consumerPrefix(ConsumerConfig.SESSION_TIMEOUT_MS_CONFIG), 10_000);
    settings.put(StreamsConfig.producerPrefix(ProducerConfig.BATCH_SIZE_CONFIG), BATCH_BYTES);
    return settings;
  }

  private long countLeads() throws ExecutionException, InterruptedException {
    try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
      var topic = admin.describeTopics(List.of(from)).allTopicNames().get().get(from);
      return sumOffsets(admin, topic.partitions().size(), OffsetSpec.latest())
          - sumOffsets(admin, topic.partitions().size(), OffsetSpec.earliest());
    }
  }

  private long sumOffsets(Admin admin, int partitions, OffsetSpec which)
      throws ExecutionException, InterruptedException {
    Map<TopicPartition, OffsetSpec> asked = IntStream.range(0, partitions)
        .boxed()
        .collect(Collectors.toMap(partition -> new TopicPartition(from, partition), partition -> which));
    return admin.listOffsets(asked).all().get().values().stream().mapToLong(found -> found.offset()).sum();
  }
}
