import com.fasterxml.jackson.databind.JsonNode;
import java.nio.FloatBuffer;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericRecord;

/** A manifest's features of one schema's records: those encodings that the model of the bench uses, no others. */
public final class FeatureRow {
  private final List<Feature> features = new ArrayList<>();

  public FeatureRow(JsonNode manifest, Schema schema) {
    for (JsonNode feature : manifest) features.add(compile(feature, schema));
  }

  /** Fills a row from its start. */
  public void write(GenericRecord event, FloatBuffer row) {
    row.rewind();
    for (Feature feature : features) feature.write(event, row);
  }

  private interface Feature {
    void write(GenericRecord event, FloatBuffer row);
  }

  private static Feature compile(JsonNode feature, Schema schema) {
    int field = schema.getField(feature.path("field").asText()).pos();
    JsonNode encoding = feature.path("encoding");
    JsonNode missing = feature.path("missing");
    String wanted = encoding.path("type").asText() + "/" + missing.path("encode").asText();
    return switch (wanted) {
      case "pass/nan" -> compileNumber(field, missing.path("placeholders"));
      case "one-hot/level" -> compileLevels(field, encoding, missing.path("placeholders"));
      default -> throw new IllegalArgumentException("no feature of the bench's model is encoded as " + wanted);
    };
  }

  private static Feature compileNumber(int field, JsonNode placeholders) {
    Set<Double> missing = new HashSet<>();
    for (JsonNode placeholder : placeholders) missing.add(placeholder.asDouble());
    return (event, row) -> {
      Object value = event.get(field);
      boolean known = value != null && !(missing.size() > 0 && missing.contains(((Number) value).doubleValue()));
      row.put(known ? ((Number) value).floatValue() : Float.NaN);
    };
  }

  /** A column for each level and one for missing; of an unseen level all are zero. */
  private static Feature compileLevels(int field, JsonNode encoding, JsonNode placeholders) {
    Map<String, Integer> columns = new HashMap<>();
    for (JsonNode level : encoding.path("levels")) columns.put(level.asText(), columns.size());
    int ofMissing = columns.size();
    for (JsonNode placeholder : placeholders) columns.put(placeholder.asText(), ofMissing);
    return (event, row) -> {
      Object value = event.get(field);
      int hot = value == null ? ofMissing : columns.getOrDefault(value.toString(), -1);
      for (int column = 0; column <= ofMissing; column += 1) row.put(column == hot ? 1 : 0);
    };
  }
}
