import com.fasterxml.jackson.databind.JsonNode;
import java.util.Arrays;

/** A manifest's calibration curve and bands: raw output to score, score to band. */
public final class ScoreScale {
  /** Empty where the raw output is the score. */
  private final double[] raws;
  private final double[] scores;
  private final String[] bands;
  private final double[] lowers;

  public ScoreScale(JsonNode manifest) {
    JsonNode points = manifest.path("output").path("calibration").path("points");
    raws = new double[points.size()];
    scores = new double[points.size()];
    for (int i = 0; i < raws.length; i += 1) {
      raws[i] = points.get(i).get(0).asDouble();
      scores[i] = points.get(i).get(1).asDouble();
    }
    JsonNode named = manifest.path("bands");
    bands = new String[named.size()];
    lowers = new double[named.size()];
    for (int i = 0; i < bands.length; i += 1) {
      bands[i] = named.get(i).path("name").asText();
      lowers[i] = named.get(i).path("lower").asDouble(Double.NEGATIVE_INFINITY);
    }
  }

  /** Linear between the curve's points, constant outside them. */
  public double scoreOf(float raw) {
    if (raws.length == 0) return raw;
    int found = Arrays.binarySearch(raws, raw);
    int upper = found >= 0 ? found + 1 : -found - 1;
    if (upper == 0) return scores[0];
    if (upper == raws.length) return scores[upper - 1];
    double share = (raw - raws[upper - 1]) / (raws[upper] - raws[upper - 1]);
    return Math.min(scores[upper - 1] + share * (scores[upper] - scores[upper - 1]), scores[upper]);
  }

  /** The last band whose lower bound the score reaches. */
  public String bandOf(double score) {
    int band = bands.length - 1;
    while (band > 0 && score < lowers[band]) band -= 1;
    return bands[band];
  }
}
