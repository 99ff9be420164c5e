package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.recipe.RoundCost;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a round costs as it is told before, against what it cost. */
class RoundCostIT {
  @RegisterExtension static final JobRunner jobs = new JobRunner();

  @TempDir static Path folder;

  @ParameterizedTest
  @ValueSource(strings = {"masked", "secure-worker", "committee", "insecure-plain"})
  void of_mode_isWithinATenthOfARoundsPayload(String mode) throws Exception {
    ThreeWorkers.write(folder);
    Path out = folder.resolve(mode);
    String conf = ThreeWorkers.conf(folder, folder);
    List<String> settings = List.of("aggregation.mode=" + mode, "output.dir=" + out);
    assertEquals(0, jobs.train(conf, settings.get(0), settings.get(1)).code());
    TrainingConfig config = ConfigLoader.load(Path.of(conf), Map.of(), settings);

    RoundCost cost = RoundCost.of(config, 2, 3);

    JsonNode last =
        new ObjectMapper().readTree(Files.readAllLines(out.resolve("rounds.jsonl")).get(2));
    double bytes = last.path("bytes").asDouble();
    assertEquals(bytes, (double) cost.bytesAtDriver(), 0.1 * bytes, last.toString());
    assertEquals(last.path("phases").size() - 1, cost.jobs());
  }
}
