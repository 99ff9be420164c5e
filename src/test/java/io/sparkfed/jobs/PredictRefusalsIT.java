package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.jobs.JobRunner.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** When there can be no predictions, and that nothing is lost then. */
class PredictRefusalsIT extends TrainedModel {
  @Test
  void predict_overOrAroundOrIntoWhatIsRead_isRefusedAndLosesNothing() throws IOException {
    Path world = own.resolve("world");
    for (String worker : List.of("a", "b", "c")) {
      JobRunner.write(world.resolve("in/" + worker + "/f.csv"), ThreeWorkers.rows(worker));
    }
    try (Stream<Path> files = Files.walk(model)) {
      for (Path file : files.toList()) {
        Files.copy(file, world.resolve("trained").resolve(model.relativize(file).toString()));
      }
    }
    Files.createSymbolicLink(world.resolve("link"), world.resolve("in"));
    JobRunner.write(world.resolve("notes/diary.txt"), "dear diary");
    JobRunner.write(world.resolve("conf/base.conf"), "seed = 7\n");
    String conf =
        JobRunner.write(
                world.resolve("conf/run/run.conf"),
                """
                include "../base.conf"
                data {
                  workers { a = "WORLD/in/a", b = "WORLD/in/b/*.csv", c = "file:WORLD/link/c" }
                  label-column = class
                  feature-columns = [x1, x2]
                }
                model.family = logistic
                """
                    .replace("WORLD", world.toString()))
            .toString();
    Map<String, String> before = WrittenFiles.texts(world);
    for (String mode : List.of("overwrite", "append", "ignore")) {
      for (String path :
          List.of(
              "in",
              "in/a",
              "in/a/new",
              "in/b",
              "in/c/",
              "link",
              "link/b",
              "../world//in/a",
              "trained",
              "trained/model",
              "trained/new",
              ".",
              "conf",
              "conf/run")) {
        Outcome outcome =
            jobs.predict(
                conf,
                "--model",
                world.resolve("trained").toString(),
                "predictions.path=" + world + "/" + path,
                "predictions.format=csv",
                "predictions.mode=" + mode);
        assertEquals(7, outcome.code(), path + " " + mode + " " + outcome);
        assertTrue(outcome.err().contains("which is read"), outcome.toString());
      }
    }
    Outcome other =
        jobs.predict(
            conf,
            "--model",
            world.resolve("trained").toString(),
            "predictions.path=" + world + "/notes",
            "predictions.mode=overwrite");
    assertEquals(7, other.code(), other.toString());
    assertTrue(other.err().contains("isn't a folder of predictions"), other.toString());
    assertEquals(before, WrittenFiles.texts(world));
  }

  /** A way to ask for predictions that can't be; MODEL, OWN stand for the folders. */
  record Refusal(int code, String told, String... args) {}

  static Stream<Refusal> refusals() {
    String path = "predictions.path=OWN/new/predictions";
    return Stream.of(
        new Refusal(2, "--model", path),
        new Refusal(7, "no coefficients.json", path, "--model", "OWN"),
        new Refusal(7, "OWN/nowhere is not the output", path, "--model", "OWN/nowhere"),
        new Refusal(
            2,
            "model.family must be the model's, logistic",
            path,
            "--model",
            "MODEL",
            "model.family=linear"),
        new Refusal(
            2, "model.standardize must be", path, "--model", "MODEL", "model.standardize=worker"),
        new Refusal(
            2,
            "data.offset-column must not be set",
            path,
            "--model",
            "MODEL",
            "data.offset-column=x1"),
        new Refusal(
            2,
            "data.feature-columns must be the model's: x1, x2",
            path,
            "--model",
            "MODEL",
            "data.feature-columns=[x2, x1]"),
        new Refusal(2, "predictions.path is not set", "--model", "MODEL"),
        new Refusal(
            2,
            "predictions.format = nosuch is not a data source of this Spark",
            path,
            "--model",
            "MODEL",
            "predictions.format=nosuch"),
        new Refusal(
            2,
            "predictions.format = text holds a single column",
            path,
            "--model",
            "MODEL",
            "predictions.format=text"),
        new Refusal(2, "predictions.path is not set", "--model", "MODEL", "predictions.format=csv"),
        new Refusal(
            3,
            "a worker, column x2: is missing",
            path,
            "--model",
            "MODEL",
            "data.workers.b=OWN/gap.csv"),
        new Refusal(
            3,
            "data.workers.b: path OWN/nowhere does not exist",
            path,
            "--model",
            "MODEL",
            "data.workers.b=OWN/nowhere"),
        new Refusal(
            3,
            "worker a: column prediction",
            path,
            "--model",
            "MODEL",
            "data.derive.prediction=x1"),
        new Refusal(
            7,
            "OWN exists already; choose another predictions.path",
            "predictions.path=OWN",
            "--model",
            "MODEL"),
        new Refusal(
            7,
            "predictions.path: can't create OWN/gap.csv",
            "predictions.path=OWN/gap.csv/p",
            "--model",
            "MODEL"),
        new Refusal(
            2, "model.l2 must be the model's, 0.", path, "--model", "MODEL", "model.l2=0.5"),
        new Refusal(2, "model.l1 must be the model's", path, "--model", "MODEL", "model.l1=1"),
        new Refusal(2, "predictions.path", "predictions.path=OWN/*.csv", "--model", "MODEL"),
        new Refusal(
            2,
            "predictions.options.path must not be blank",
            "predictions.options.path=",
            "--model",
            "MODEL"),
        new Refusal(2, "--model must not be blank", path, "--model", ""),
        new Refusal(
            7,
            "--model: hdfs://nowhere.invalid/run can't be reached: there is no such host",
            path,
            "--model",
            "hdfs://nowhere.invalid/run"),
        new Refusal(7, "--model: a:b can't be reached", path, "--model", "a:b"),
        new Refusal(
            7,
            "predictions.path: s3a://bucket/p can't be reached: there is no file system for s3a",
            "predictions.path=s3a://bucket/p",
            "--model",
            "MODEL"));
  }

  @ParameterizedTest
  @MethodSource("refusals")
  void predict_impossible_isToldAndWritesNothing(Refusal refusal) {
    String conf = ThreeWorkers.conf(own, root);
    JobRunner.write(own.resolve("gap.csv"), "x1,x2\n31337.4242,\n");
    List<String> before = JobRunner.names(own);
    String[] args = ThreeWorkers.with(new String[] {conf}, refusal.args());
    for (int i = 0; i < args.length; i++) {
      args[i] = args[i].replace("OWN", own.toString()).replace("MODEL", model.toString());
    }

    Outcome outcome = jobs.predict(args);

    assertEquals(refusal.code, outcome.code(), outcome.toString());
    String told = refusal.told.replace("OWN", own.toString());
    assertTrue(outcome.err().contains(told), told + " in " + outcome);
    assertFalse(outcome.showsStackTrace(), outcome.toString());
    assertFalse(outcome.toString().contains("31337.4242"), outcome.toString());
    assertEquals(before, JobRunner.names(own));
  }
}
