import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.util.HashMap;
import java.util.Map;
import org.apache.avro.generic.GenericDatumReader;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.io.BinaryDecoder;
import org.apache.avro.io.DecoderFactory;

/** Framed Avro to a record and a row of features, each record read into the one before. For one thread. */
public final class LeadReader {
  /** A zero, and the schema's id. */
  static final int HEADER_BYTES = 5;

  private final Registry registry;
  private final JsonNode features;
  private final Map<Integer, SchemaReader> readers = new HashMap<>();
  private BinaryDecoder decoder;

  /** How records of one schema are read. */
  private static final class SchemaReader {
    final GenericDatumReader<GenericRecord> records;
    final FeatureRow row;
    GenericRecord last;

    SchemaReader(GenericDatumReader<GenericRecord> records, FeatureRow row) {
      this.records = records;
      this.row = row;
    }
  }

  public LeadReader(Registry registry, JsonNode features) {
    this.registry = registry;
    this.features = features;
  }

  /** The record, which holds until the next is read; its features fill the row. */
  public GenericRecord read(byte[] value, FloatBuffer row) throws IOException {
    if (value.length < HEADER_BYTES || value[0] != 0) throw new IOException("a value is not framed Avro");
    SchemaReader reader = readers.computeIfAbsent(ByteBuffer.wrap(value, 1, 4).getInt(), this::openReader);
    decoder = DecoderFactory.get().binaryDecoder(value, HEADER_BYTES, value.length - HEADER_BYTES, decoder);
    reader.last = reader.records.read(reader.last, decoder);
    reader.row.write(reader.last, row);
    return reader.last;
  }

  private SchemaReader openReader(int id) {
    var schema = registry.schemaById(id);
    return new SchemaReader(new GenericDatumReader<>(schema), new FeatureRow(features, schema));
  }
}
