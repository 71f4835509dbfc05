import ai.onnxruntime.OnnxTensor;
import ai.onnxruntime.OrtEnvironment;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;

/** A model package in memory: its manifest, and its model, which threads share. */
public final class ModelPackage {
  private final JsonNode manifest;
  private final OrtEnvironment environment = OrtEnvironment.getEnvironment();
  private final OrtSession session;

  public ModelPackage(Path folder) throws IOException, OrtException {
    manifest = new ObjectMapper().readTree(folder.resolve("manifest.json").toFile());
    try (OrtSession.SessionOptions options = new OrtSession.SessionOptions()) {
      // Stream threads are the threads.
      options.setIntraOpNumThreads(1);
      options.setInterOpNumThreads(1);
      options.addConfigEntry("session.intra_op.allow_spinning", "0");
      session = environment.createSession(folder.resolve("model.onnx").toString(), options);
    }
  }

  public String name() {
    return manifest.path("name").asText();
  }

  public String version() {
    return manifest.path("version").asText();
  }

  public JsonNode features() {
    return manifest.path("features");
  }

  public ScoreScale scale() {
    return new ScoreScale(manifest);
  }

  /** For one thread. */
  public RowPredictor openPredictor() throws OrtException {
    return new RowPredictor();
  }

  /** Scores one row after another: the row is a view of the tensor's own memory, which is filled anew for each. */
  public final class RowPredictor implements AutoCloseable {
    private final String outputName = manifest.path("output").path("output").asText();
    private final OnnxTensor tensor;
    private final Map<String, OnnxTensor> inputs;
    /** The input, to be filled from its start. */
    public final FloatBuffer row;

    private RowPredictor() throws OrtException {
      int width = manifest.path("tensor").path("width").asInt();
      row = ByteBuffer.allocateDirect(width * Float.BYTES).order(ByteOrder.nativeOrder()).asFloatBuffer();
      tensor = OnnxTensor.createTensor(environment, row, new long[] {1, width});
      inputs = Map.of(manifest.path("tensor").path("input").asText(), tensor);
    }

    /** The raw output for what the row holds. */
    public float predict() throws OrtException {
      try (OrtSession.Result outputs = session.run(inputs, Set.of(outputName))) {
        return ((OnnxTensor) outputs.get(0)).getFloatBuffer().get(0);
      }
    }

    @Override
    public void close() {
      tensor.close();
    }
  }
}
