import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.List;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericDatumWriter;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryEncoder;
import org.apache.avro.io.EncoderFactory;

/** Scores as framed Avro of the topic's schema. For one thread. */
public final class ScoreWriter {
  private final byte[] header;
  private final GenericRecord score;
  private final GenericRecord source;
  private final GenericDatumWriter<GenericRecord> writer;
  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream(512);
  private BinaryEncoder encoder;

  public ScoreWriter(Registry.Registered registered, ModelPackage model) {
    Schema schema = registered.schema();
    header = ByteBuffer.allocate(LeadReader.HEADER_BYTES).put((byte) 0).putInt(registered.id()).array();
    writer = new GenericDatumWriter<>(schema);
    score = new GenericData.Record(schema);
    source = new GenericData.Record(schema.getField("source").schema());
    score.put("model", model.name());
    score.put("model_version", model.version());
    score.put("role", new GenericData.EnumSymbol(schema.getField("role").schema(), "production"));
    for (String list : new String[] {"reasons", "inputs", "bins"}) score.put(list, List.of());
    score.put("source", source);
  }

  /** What the scored lead says of itself. */
  public ScoreWriter of(GenericRecord lead) {
    score.put("event_id", lead.get("event_id"));
    score.put("lead_id", lead.get("lead_id"));
    score.put("event_time", lead.get("created_at"));
    return this;
  }

  /** Where the lead stands. */
  public ScoreWriter from(String topic, int partition, long offset, long timestamp) {
    source.put("topic", topic);
    source.put("partition", partition);
    source.put("offset", offset);
    source.put("timestamp", timestamp);
    return this;
  }

  public byte[] write(double value, String band, long scoredAt) throws IOException {
    score.put("score", value);
    score.put("band", band);
    score.put("scored_at", scoredAt);
    bytes.reset();
    bytes.write(header);
    encoder = EncoderFactory.get().binaryEncoder(bytes, encoder);
    writer.write(score, encoder);
    encoder.flush();
    return bytes.toByteArray();
  }
}
