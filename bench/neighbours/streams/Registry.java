import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import org.apache.avro.Schema;

/** A client of a schema registry's Confluent API. */
public final class Registry {
  /** A schema and the id that the registry knows it by. */
  public record Registered(int id, Schema schema) {}

  private static final Duration TIMEOUT = Duration.ofSeconds(10);

  private final String url;
  private final HttpClient http = HttpClient.newHttpClient();

  public Registry(String url) {
    this.url = url;
  }

  public Schema schemaById(int id) {
    return parse(ask("/schemas/ids/" + id));
  }

  public Registered latest(String subject) {
    JsonNode answer = ask("/subjects/" + subject + "/versions/latest");
    return new Registered(answer.path("id").asInt(), parse(answer));
  }

  private JsonNode ask(String path) {
    try {
      HttpRequest request = HttpRequest.newBuilder(URI.create(url + path)).timeout(TIMEOUT).build();
      HttpResponse<String> response = http.send(request, HttpResponse.BodyHandlers.ofString());
      if (response.statusCode() != 200) throw new IOException(path + " was answered " + response.statusCode());
      return new ObjectMapper().readTree(response.body());
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    } catch (InterruptedException stopped) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(stopped);
    }
  }

  private static Schema parse(JsonNode answer) {
    return new Schema.Parser().parse(answer.path("schema").asText());
  }
}
