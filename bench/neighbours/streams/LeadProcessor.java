import ai.onnxruntime.OrtException;
import java.io.IOException;
import java.util.concurrent.atomic.LongAdder;
import org.apache.avro.generic.GenericRecord;
import org.apache.kafka.streams.processor.api.FixedKeyProcessor;
import org.apache.kafka.streams.processor.api.FixedKeyProcessorContext;
import org.apache.kafka.streams.processor.api.FixedKeyRecord;
import org.apache.kafka.streams.processor.api.RecordMetadata;

/**
 * A lead to its score, one by one: a processor that waited for a batch would have its leads' offsets committed before
 * their scores are sent.
 */
public final class LeadProcessor implements FixedKeyProcessor<byte[], byte[], byte[]> {
  private final LeadReader reader;
  private final ScoreWriter writer;
  private final ModelPackage.RowPredictor predictor;
  private final ScoreScale scale;
  private final LongAdder scored;
  private FixedKeyProcessorContext<byte[], byte[]> context;

  public LeadProcessor(Registry registry, Registry.Registered output, ModelPackage model, LongAdder scored) {
    reader = new LeadReader(registry, model.features());
    writer = new ScoreWriter(output, model);
    scale = model.scale();
    this.scored = scored;
    try {
      predictor = model.openPredictor();
    } catch (OrtException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Override
  public void init(FixedKeyProcessorContext<byte[], byte[]> context) {
    this.context = context;
  }

  @Override
  public void process(FixedKeyRecord<byte[], byte[]> record) {
    RecordMetadata source = context.recordMetadata().orElseThrow();
    try {
      GenericRecord lead = reader.read(record.value(), predictor.row);
      double score = scale.scoreOf(predictor.predict());
      long now = System.currentTimeMillis();
      byte[] value = writer
          .of(lead)
          .from(source.topic(), source.partition(), source.offset(), record.timestamp())
          .write(score, scale.bandOf(score), now);
      // Else it would be as old as the lead.
      context.forward(record.withValue(value).withTimestamp(now));
      scored.increment();
    } catch (IOException | OrtException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @Override
  public void close() {
    predictor.close();
  }
}
