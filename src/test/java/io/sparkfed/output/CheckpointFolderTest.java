package io.sparkfed.output;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.InProcessFederation;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.ResultSettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.data.Shard;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.federated.TrainingState;
import io.sparkfed.federated.TrainingState.Cost;
import io.sparkfed.federated.TrainingState.Moments;
import io.sparkfed.federated.TrainingState.Work;
import io.sparkfed.federated.survey.DataFingerprint;
import io.sparkfed.federated.training.FederatedTrainer;
import io.sparkfed.jobs.JobRunner;
import io.sparkfed.model.Family;
import io.sparkfed.model.FeatureEncoding;
import io.sparkfed.recipe.Presets;
import io.sparkfed.testing.Measured;
import io.sparkfed.testing.Table;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What lies in the folder, what is read back of it, and what is refused. */
class CheckpointFolderTest {
  /** Doubles whose bits are easily lost on the way through a text. */
  private static final double[] UNUSUAL = {
    0.1,
    -0.0,
    1.0 / 3.0,
    Double.MIN_VALUE,
    Math.nextDown(Double.MIN_NORMAL),
    Double.MAX_VALUE,
    Double.NaN,
    Double.NEGATIVE_INFINITY,
    Math.nextUp(1e22)
  };

  @TempDir java.nio.file.Path root;

  private FileSystem fs;
  private Path dir;

  @BeforeEach
  void open() throws IOException {
    fs = FileSystem.getLocal(new Configuration()).getRaw();
    dir = new Path(root.resolve("checkpoint").toString());
  }

  private static Checkpoint checkpoint(int round) {
    Map<String, Double> metrics = new LinkedHashMap<>();
    for (int i = 0; i < UNUSUAL.length; i++) {
      metrics.put("metric" + (UNUSUAL.length - i), UNUSUAL[i]);
    }
    RoundSummary reported =
        new RoundSummary(
            round - 1,
            3,
            1,
            Double.NaN,
            metrics,
            Map.of(),
            0.1,
            Measured.of(1L << 60, 2, Long.MAX_VALUE));
    return new Checkpoint(
        "run",
        "1.0",
        new ResultSettings(new TreeMap<>(Map.of("seed", "1", "model.l2", "0.1"))),
        new DataFingerprint(
            FeatureEncoding.ofNumbers(List.of("x", "z")), List.of("a", "b"), Map.of("x", "text")),
        new TrainingState(
            round,
            UNUSUAL,
            new double[] {round},
            Optional.of("EXHAUSTED"),
            Optional.of(new Moments(UNUSUAL, new double[] {0.3}, 0.7, 1.7)),
            List.of(reported),
            new Cost(round, 3, 0, 0.7, Measured.of(5L, 1, 12L), Map.of("work", 0.5, "driver", 0.2)),
            new Work("trial", Map.of("direction", UNUSUAL), new int[] {-12, 3})));
  }

  private static long[] bits(double[] values) {
    return Arrays.stream(values).mapToLong(Double::doubleToRawLongBits).toArray();
  }

  private List<String> files() {
    return JobRunner.names(root.resolve("checkpoint/attempt-1"));
  }

  private java.nio.file.Path file(String name) {
    return root.resolve("checkpoint/attempt-1").resolve(name);
  }

  @Test
  void write_thenLook_hasEveryBit() throws IOException {
    Checkpoint written = checkpoint(7);
    CheckpointFolder.begin(fs, dir).write(written);

    Checkpoint read = CheckpointFolder.look(fs, dir).checkpoint();

    TrainingState state = read.state();
    assertEquals(written.runId(), read.runId());
    assertEquals(written.library(), read.library());
    assertEquals(written.settings(), read.settings());
    assertEquals(written.data(), read.data());
    assertEquals(7, state.round());
    assertArrayEquals(bits(UNUSUAL), bits(state.model()));
    assertArrayEquals(new double[] {7.0}, state.best());
    assertEquals(Optional.of("EXHAUSTED"), state.ending());
    assertArrayEquals(bits(UNUSUAL), bits(state.moments().orElseThrow().means()));
    assertArrayEquals(new double[] {0.3}, state.moments().orElseThrow().divisors());
    assertEquals(written.state().rounds(), state.rounds());
    Map<String, Double> metrics = state.rounds().get(0).trainMetrics();
    assertEquals("metric9", metrics.keySet().iterator().next());
    assertArrayEquals(
        bits(UNUSUAL), metrics.values().stream().mapToLong(Double::doubleToRawLongBits).toArray());
    assertEquals(written.state().unreported(), state.unreported());
    assertEquals("trial", state.work().at());
    assertArrayEquals(bits(UNUSUAL), bits(state.work().values().get("direction")));
    assertArrayEquals(new int[] {-12, 3}, state.work().range());
    assertEquals(CheckpointJson.write(written), CheckpointJson.write(read));
  }

  @Test
  void write_again_keepsTheLastTwo() throws IOException {
    CheckpointFolder folder = CheckpointFolder.begin(fs, dir);
    for (int round = 8; round <= 12; round++) {
      folder.write(checkpoint(round));
    }

    assertEquals(
        List.of("_CHECKPOINTS", "round-0000000011.json", "round-0000000012.json"), files());
    assertEquals(12, CheckpointFolder.look(fs, dir).checkpoint().state().round());
  }

  /**
   * Cut anywhere, or with one letter changed anywhere, it is refused and the one before is used.
   */
  @Test
  void look_damagedFile_takesTheOneBefore() throws IOException {
    CheckpointFolder folder = CheckpointFolder.begin(fs, dir);
    folder.write(checkpoint(3));
    folder.write(checkpoint(4));
    java.nio.file.Path newest = file("round-0000000004.json");
    byte[] whole = Files.readAllBytes(newest);

    for (int at = 0; at < whole.length - 1; at += 7) {
      Files.write(newest, Arrays.copyOf(whole, at));
      assertBefore();
      byte[] changed = whole.clone();
      changed[at] ^= 1;
      Files.write(newest, changed);
      assertBefore();
    }
    Files.write(newest, whole);
    assertEquals(4, CheckpointFolder.look(fs, dir).checkpoint().state().round());
  }

  private void assertBefore() throws IOException {
    CheckpointFolder.Found found = CheckpointFolder.look(fs, dir);
    assertEquals(3, found.checkpoint().state().round());
    assertEquals(1, found.notes().size());
    assertTrue(found.notes().get(0).contains("round-0000000004.json can't be used"));
  }

  @Test
  void look_anotherVersion_isRefusedWithBoth() throws IOException {
    CheckpointFolder.begin(fs, dir).write(checkpoint(3));
    java.nio.file.Path only = file("round-0000000003.json");
    Files.writeString(only, Files.readString(only).replace("\"version\":2", "\"version\":3"));

    String message =
        assertThrows(IOException.class, () -> CheckpointFolder.look(fs, dir)).getMessage();

    assertTrue(message.contains("its version is 3, and this library reads version 2"), message);
  }

  @Test
  void look_nothingThere_isRefused() throws IOException {
    assertThrows(IOException.class, () -> CheckpointFolder.look(fs, dir));
    CheckpointFolder.begin(fs, dir);
    assertThrows(IOException.class, () -> CheckpointFolder.look(fs, dir));
    assertTrue(!CheckpointFolder.isHeldBy(fs, dir));
  }

  /** A driver that was thought dead can write no more. */
  @Test
  void takeOver_ofALivingRun_endsIt() throws IOException {
    CheckpointFolder living = CheckpointFolder.begin(fs, dir);
    living.write(checkpoint(3));

    CheckpointFolder taken = CheckpointFolder.takeOver(fs, dir);

    assertThrows(UncheckedIOException.class, () -> living.write(checkpoint(4)));
    taken.write(checkpoint(4));
    assertEquals(List.of("attempt-2"), JobRunner.names(root.resolve("checkpoint")));
    taken.remove();
    assertEquals(List.of(), JobRunner.names(root));
  }

  /** The driver's death. */
  private static final class Killed extends RuntimeException {
    private static final long serialVersionUID = 1L;
  }

  /** Each life of the driver reads what the one before has left on the disk, and adds a round. */
  @ParameterizedTest
  @CsvSource({
    "fed-avg, insecure-plain",
    "fed-avg, masked",
    "fed-newton, insecure-plain",
    "fed-newton, masked",
    "fed-lbfgs, insecure-plain",
    "fed-lbfgs, masked",
    "fed-lbfgs, committee",
    "fed-sgd, insecure-plain"
  })
  void train_killedAfterEveryRound_endsWithTheBitsOfAnUndisturbedRun(String preset, String mode)
      throws IOException {
    Table table = Table.random(11L, 90, 3, Family.LOGISTIC);
    Map<String, Shard> shards =
        Map.of(
            "a", table.slice(0, 40).shard("a"),
            "b", table.slice(40, 70).shard("b"),
            "c", table.slice(70, 90).shard("c"));
    String[] settings = {
      "model.family=logistic",
      "algorithm.preset=" + preset,
      preset.equals("fed-avg") ? "algorithm.local.solver=sgd" : "seed=1",
      preset.equals("fed-avg") ? "algorithm.rounds=5" : "model.l2=0.001",
      "aggregation.mode="
    };
    settings[4] = "aggregation.mode=insecure-plain";
    TrainingConfig plain = config(settings);
    settings[4] = "aggregation.mode=" + mode;
    TrainingConfig config = config(settings);
    TrainingResult expected =
        new FederatedTrainer(new InProcessFederation<>(shards), Presets.plan(plain, 3), r -> {})
            .train();
    DataFingerprint data =
        new DataFingerprint(
            FeatureEncoding.ofNumbers(List.of("a", "b", "c")), List.of("a", "b", "c"), Map.of());

    CheckpointFolder folder = CheckpointFolder.begin(fs, dir);
    Optional<TrainingState> from = Optional.empty();
    TrainingResult actual = null;
    for (int life = 1; actual == null; life++) {
      assertTrue(life < 300, "no progress");
      CheckpointFolder own = folder;
      FederatedTrainer trainer =
          new FederatedTrainer(
              new InProcessFederation<>(shards),
              Presets.plan(config, FeatureEncoding.ofNumbers(List.of("a", "b", "c")), "run"),
              round -> {},
              state -> {
                own.write(new Checkpoint("run", "1.0", ResultSettings.of(config), data, state));
                throw new Killed();
              });
      try {
        actual = from.isPresent() ? trainer.resume(from.get()) : trainer.train();
      } catch (Killed e) {
        folder = CheckpointFolder.takeOver(fs, dir);
        from = Optional.of(folder.last(dir).checkpoint().state());
        assertEquals(life, from.get().round());
      }
    }

    assertArrayEquals(bits(expected.model().values()), bits(actual.model().values()));
    assertEquals(losses(expected), losses(actual));
    assertEquals(expected.lastRound().trainMetrics(), actual.lastRound().trainMetrics());
  }

  private static List<Double> losses(TrainingResult result) {
    return result.rounds().stream().map(RoundSummary::loss).toList();
  }

  private TrainingConfig config(String... settings) throws IOException {
    java.nio.file.Path file = root.resolve("run.conf");
    Files.writeString(
        file,
        "data { path = \"rows.csv\", worker-column = owner, feature-columns = [a, b, c] }",
        StandardCharsets.UTF_8);
    return ConfigLoader.load(file, Map.of(), List.of(settings));
  }

  /** Whatever a run finds under a name like its own and did not write stays where it is. */
  @Test
  void begin_folderOfAStranger_isRefusedAndStays() throws IOException {
    java.nio.file.Path thesis = root.resolve("checkpoint/attempt-7/thesis.tex");
    java.nio.file.Path ours = root.resolve("checkpoint/attempt-7/round-0000000001.json");
    Files.createDirectories(thesis.getParent());
    Files.writeString(thesis, "ten years of work");
    Files.writeString(ours, "a text");

    IOException refused = assertThrows(IOException.class, () -> CheckpointFolder.begin(fs, dir));

    assertTrue(refused.getMessage().contains("attempt-7"), refused.getMessage());
    assertEquals("ten years of work", Files.readString(thesis));
    assertTrue(Files.exists(ours));
  }

  @Test
  void begin_namesThatOnlyLookLikeAttempts_areLeftAlone() throws IOException {
    Files.createDirectories(root.resolve("checkpoint/attempt-99999999999"));
    Files.writeString(root.resolve("checkpoint/attempt-3"), "a file");

    CheckpointFolder.begin(fs, dir).remove();

    assertEquals(
        List.of("attempt-3", "attempt-99999999999"), JobRunner.names(root.resolve("checkpoint")));
  }

  /** Empty folders called as attempts are aren't removed, renamed or renamed into. */
  @Test
  void emptyFoldersOfAStranger_throughAWholeRun_stayAsTheyAre() throws IOException {
    List<String> strangers = List.of("attempt-1", "attempt-3", "attempt-999999999");
    for (String name : strangers) {
      Files.createDirectories(root.resolve("checkpoint").resolve(name));
    }

    CheckpointFolder folder = CheckpointFolder.begin(fs, dir);
    folder.write(checkpoint(3));
    CheckpointFolder taken = CheckpointFolder.takeOver(fs, dir);

    assertEquals(3, taken.last(dir).checkpoint().state().round());
    assertEquals(
        List.of("attempt-1", "attempt-3", "attempt-4", "attempt-999999999"),
        JobRunner.names(root.resolve("checkpoint")));
    taken.remove();
    assertEquals(strangers, JobRunner.names(root.resolve("checkpoint")));
    for (String name : strangers) {
      assertEquals(List.of(), JobRunner.names(root.resolve("checkpoint").resolve(name)));
    }
  }

  @Test
  void remove_folderThatWasThereBefore_stays() throws IOException {
    Files.createDirectories(root.resolve("checkpoint"));

    CheckpointFolder.begin(fs, dir).remove();

    assertEquals(List.of("checkpoint"), JobRunner.names(root));
  }

  @Test
  void takeOver_somebodysFileInTheFolder_isRefusedAndStays() throws IOException {
    CheckpointFolder.begin(fs, dir).write(checkpoint(3));
    java.nio.file.Path notes = Files.writeString(file("notes.txt"), "mine");

    IOException refused = assertThrows(IOException.class, () -> CheckpointFolder.takeOver(fs, dir));

    assertTrue(refused.getMessage().contains("no checkpoints"), refused.getMessage());
    assertEquals("mine", Files.readString(notes));
  }

  @Test
  void remove_somebodysFileInTheFolder_staysThere() throws IOException {
    CheckpointFolder folder = CheckpointFolder.begin(fs, dir);
    folder.write(checkpoint(3));
    java.nio.file.Path notes = root.resolve("checkpoint/attempt-1/notes.txt");
    Files.writeString(notes, "mine");

    folder.remove();

    assertEquals(List.of("notes.txt"), JobRunner.names(notes.getParent()));
  }
}
