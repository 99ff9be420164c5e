package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.server.ServerOptimizer;
import io.sparkfed.server.ServerOptimizer.Step;
import io.sparkfed.server.ServerState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** The server optimizers, as a configuration names them, against steps made by server_steps.py. */
class ServerStepsTest {
  private static final double[] START = {1.0, -2.0, 0.5, 0.0};

  /** Mean updates: start minus end. */
  private static final double[][] UPDATES = {
    {-0.5, 4.0, -0.0001, 0.0}, {-0.25, 0.5, 0.0002, 0.0}, {1.0, -0.125, -0.0003, -2.0}
  };

  @TempDir Path folder;

  /** The models after each step. */
  record Case(String preset, String settings, List<double[]> models) {}

  static List<Case> cases() {
    String text;
    try (var in = ServerOptimizer.class.getResourceAsStream("server_steps.csv")) {
      text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    Map<String, Case> cases = new LinkedHashMap<>();
    text.lines()
        .skip(1)
        .map(line -> line.split(","))
        .forEach(
            f ->
                cases
                    .computeIfAbsent(f[0] + f[1], key -> new Case(f[0], f[1], new ArrayList<>()))
                    .models()
                    .add(Arrays.stream(f, 3, 7).mapToDouble(Double::parseDouble).toArray()));
    return List.copyOf(cases.values());
  }

  private ServerOptimizer server(String preset, String... settings) {
    String[] overrides =
        Stream.concat(Stream.of("algorithm.preset=" + preset), Arrays.stream(settings))
            .toArray(String[]::new);
    return new ConfigFiles(folder).load(ConfigFiles.LEAST, overrides).algorithm().server();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void step_firstThree_areThoseOfThePapers(Case expected) {
    ServerOptimizer server = server(expected.preset(), expected.settings().split(" "));

    assertEquals(UPDATES.length, expected.models().size());
    ServerState state = server.begin(START.length);
    double[] model = START.clone();
    for (int round = 0; round < UPDATES.length; round++) {
      double[] update = UPDATES[round].clone();
      double[] before = model.clone();
      Map<String, double[]> remembered = new HashMap<>();
      state.vectors().forEach((name, vector) -> remembered.put(name, vector.clone()));

      Step step = server.step(state, model, update);

      assertArrayEquals(expected.models().get(round), step.model(), 1e-13);
      assertTrue(step.state().isLike(state));
      assertArrayEquals(UPDATES[round], update, "the update is not changed");
      assertArrayEquals(before, model, "nor the model");
      state
          .vectors()
          .forEach((name, vector) -> assertArrayEquals(remembered.get(name), vector, name));
      state = step.state();
      model = step.model();
    }
  }

  @Test
  void cases_areOfEveryPresetThatAverages() {
    TreeSet<String> tried = new TreeSet<>();
    cases().forEach(each -> tried.add(each.preset()));

    List<String> all =
        PresetNames.all().stream()
            .filter(n -> !PresetNames.isLossless(n) && !PresetNames.isNoised(n))
            .toList();
    assertEquals(all, List.copyOf(tried));
  }

  /** What a preset sets by itself is what the comments of reference.conf say. */
  @ParameterizedTest
  @CsvSource({
    "fed-avg, learning-rate=1",
    "fed-prox, learning-rate=1",
    "fed-avgm, learning-rate=1 momentum=0.9",
    "fed-adagrad, learning-rate=0.1 beta1=0 tau=0.001",
    "fed-adam, learning-rate=0.1 beta1=0.9 beta2=0.99 tau=0.001",
    "fed-yogi, learning-rate=0.1 beta1=0.9 beta2=0.99 tau=0.001"
  })
  void server_nothingSet_hasThePresetsDefaults(String preset, String settings) {
    String[] same =
        Arrays.stream(settings.split(" "))
            .map(setting -> "algorithm.server." + setting)
            .toArray(String[]::new);

    assertEquals(server(preset, same), server(preset));
    assertFalse(server(preset, same).equals(server(preset, "algorithm.server.learning-rate=7")));
  }

  @ParameterizedTest
  @CsvSource({
    "fed-avg, momentum=0.9, belongs to algorithm.preset = fed-avgm",
    "fed-avgm, tau=0.1, 'belongs to algorithm.preset = fed-adagrad, fed-adam, fed-yogi'",
    "fed-adagrad, beta2=0.9, 'belongs to algorithm.preset = fed-adam, fed-yogi'",
    "fed-newton, learning-rate=0.5, 'belongs to algorithm.preset = fed-avg'",
    "auto, beta1=0.5, 'belongs to algorithm.preset = fed-adagrad'",
    "fed-avgm, momentum=1, 'must be a number in [0, 1)'",
    "fed-adam, beta1=-0.1, 'must be a number in [0, 1)'",
    "fed-yogi, beta2=1.5, 'must be a number in [0, 1)'",
    "fed-adam, tau=0, must be a number > 0",
    "fed-avg, learning-rate=-1, must be a number > 0"
  })
  void load_keyOfAnotherServerOrOutOfRange_isRefused(String preset, String setting, String why) {
    String key = "algorithm.server." + setting;

    String message = new ConfigFiles(folder).refusalOf("algorithm.preset=" + preset, key);

    assertTrue(message.startsWith(key.replaceFirst("=.*", " ") + why), message);
  }
}
