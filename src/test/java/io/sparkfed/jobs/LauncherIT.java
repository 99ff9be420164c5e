package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.it.OwnerFolders;
import io.sparkfed.jobs.JobRunner.Outcome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The launchers as a user calls them: from a shell, as processes of their own. */
class LauncherIT {
  private static final Path PROJECT = Path.of("").toAbsolutePath();
  private static final String TUTORIAL = PROJECT.resolve("conf/tutorial.conf").toString();

  /** Said by the JVM of any Spark job. */
  private static final String OF_THE_JVM =
      "WARNING: Using incubator modules: jdk.incubator.vector\n";

  private static final int NOT_STARTED = 8;
  private static final int TERMINATED = 128 + 15;

  @TempDir Path folder;

  /** Prepares a launcher without a Spark of the user's own. */
  private ProcessBuilder command(Path directory, Path launcher, String... args) throws IOException {
    List<String> words = new ArrayList<>(List.of("bash", launcher.toString()));
    words.addAll(List.of(args));
    ProcessBuilder builder =
        new ProcessBuilder(words)
            .directory(Files.createDirectories(directory).toFile())
            .redirectOutput(folder.resolve("stdout").toFile())
            .redirectError(folder.resolve("stderr").toFile());
    builder.environment().keySet().removeIf(name -> name.matches("SPARK_(HOME|CONF_DIR)"));
    builder.environment().remove("LOG4J_CONFIGURATION_FILE");
    return builder;
  }

  private static Path job(String name) {
    return PROJECT.resolve("jobs").resolve(name);
  }

  private Outcome outcome(ProcessBuilder builder) throws IOException, InterruptedException {
    return outcome(builder.start());
  }

  private Outcome outcome(Process process) throws InterruptedException {
    try {
      // The first training of a build makes an archive of classes before it trains.
      assertTrue(process.waitFor(6, TimeUnit.MINUTES), "the job did not end");
    } finally {
      process.destroyForcibly();
    }
    return new Outcome(
        process.exitValue(),
        JobRunner.read(folder.resolve("stdout")),
        JobRunner.read(folder.resolve("stderr")).replace(OF_THE_JVM, ""));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "rounds workers=3 modes=insecure-plain seconds=1",
        "simulation workers=40 rows=2 features=2",
      })
  void benchmark_tinyCase_printsOneLineOfJson(String words) throws Exception {
    Outcome outcome = outcome(command(folder, job("benchmark"), words.split(" ", -1)));

    assertEquals(0, outcome.code(), outcome.toString());
    JsonNode line = new ObjectMapper().readTree(outcome.out());
    assertEquals(1, outcome.out().lines().count(), outcome.toString());
    assertEquals("jobs/benchmark " + words, line.get("command").asText());
    assertEquals(words.split(" ", -1)[0], line.get("benchmark").asText());
    assertTrue(line.get("ratio").asDouble() > 0.0, outcome.out());
    assertTrue(line.get("rounds").asInt() > 0, outcome.out());
    assertTrue(line.hasNonNull("java") && line.hasNonNull("spark"), outcome.out());
  }

  @ParameterizedTest
  @ValueSource(strings = {"whole cases=tutorial pairs=1", "estimator rows-scale=0.001 pairs=1"})
  void benchmark_ofWholeFits_printsOneLineOfJson(String words) throws Exception {
    Outcome outcome = outcome(command(folder, job("benchmark"), words.split(" ", -1)));

    assertEquals(0, outcome.code(), outcome.toString());
    JsonNode line = new ObjectMapper().readTree(outcome.out());
    assertEquals("jobs/benchmark " + words, line.get("command").asText());
    assertTrue(line.get("seconds").asDouble() > 0.0, outcome.out());
    assertEquals(1, line.get("pairs").asInt());
  }

  @Test
  void benchmark_unknownSuite_printsUsage() throws Exception {
    Outcome outcome = outcome(command(folder, job("benchmark"), "laps"));

    assertEquals(NOT_STARTED, outcome.code(), outcome.toString());
    assertTrue(
        outcome.err().startsWith("Usage: jobs/benchmark agent|estimator|"), outcome.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "evaluate", "predict", "doctor", "compare"})
  void launcher_help_isPrinted(String name) throws Exception {
    Outcome outcome = outcome(command(folder, job(name), "--help"));

    assertEquals(0, outcome.code(), outcome.toString());
    assertTrue(outcome.out().startsWith("Usage: jobs/" + name + " "), outcome.toString());
    assertTrue(outcome.out().contains("CONF") && outcome.out().contains("key=value"));
    assertEquals("", outcome.err());
  }

  /** An owner has no Spark, and so nothing of what it brings. */
  @Test
  void study_withPrivacy_isReadWithTheJarAlone() throws Exception {
    Path conf = Path.of("conf/hospitals-private.conf").toAbsolutePath();
    Outcome outcome = outcome(command(folder, job("study"), conf.toString()));

    assertEquals(0, outcome.code(), outcome.toString());
    assertTrue(outcome.out().contains("at most 13.69 points above guessing"), outcome.toString());
  }

  @ParameterizedTest
  @ValueSource(strings = {"train", "evaluate", "predict", "doctor", "compare"})
  void launcher_noArgument_isAnErrorOfUsage(String name) throws Exception {
    Outcome outcome = outcome(command(folder, job(name)));

    assertEquals(2, outcome.code(), outcome.toString());
    assertTrue(outcome.err().contains("Missing required"), outcome.toString());
    assertTrue(outcome.err().contains("Usage: jobs/" + name), outcome.toString());
    assertFalse(outcome.showsStackTrace(), outcome.toString());
  }

  /** As from a repository: what the pom names must be all that Spark doesn't bring. */
  @Test
  void sparkSubmit_packages_trains() throws Exception {
    Path jar = Path.of(System.getProperty("sparkfed.jar"));
    String artifact = "spark-federated_2.13";
    String version =
        jar.getFileName().toString().replace(artifact + "-", "").replaceAll("[.]jar$", "");
    Path repository = folder.resolve("repository");
    Path released =
        Files.createDirectories(
            repository.resolve("io/sparkfed").resolve(artifact).resolve(version));
    Files.copy(jar, released.resolve(jar.getFileName()));
    Files.copy(PROJECT.resolve("pom.xml"), released.resolve(artifact + "-" + version + ".pom"));
    Path settings = folder.resolve("ivysettings.xml");
    JobRunner.write(
        settings,
        "<ivysettings><settings defaultResolver='ours'/><resolvers><ibiblio name='ours'"
            + " m2compatible='true' root='"
            + repository.toUri()
            + "'/></resolvers></ivysettings>");

    Outcome outcome =
        outcome(
            command(
                folder,
                PROJECT.resolve("target/spark/bin/spark-submit"),
                "--packages",
                "io.sparkfed:" + artifact + ":" + version,
                "--conf",
                "spark.jars.ivySettings=" + settings,
                "--conf",
                "spark.jars.ivy=" + folder.resolve("ivy"),
                "--class",
                "io.sparkfed.jobs.TrainJob",
                "spark-internal",
                TUTORIAL,
                "output.dir=" + folder.resolve("out")));

    assertEquals(0, outcome.code(), outcome.toString());
    assertTrue(Files.exists(folder.resolve("out/coefficients.json")), outcome.toString());
  }

  @Test
  void launcher_linkedFromElsewhereWithOptionsAndSpaces_works() throws Exception {
    Path elsewhere = Files.createDirectories(folder.resolve("some where/bin"));
    Path link = Files.createSymbolicLink(elsewhere.resolve("fed train"), job("train"));
    Path tutorial = Path.of(TUTORIAL);
    JobRunner.write(elsewhere.resolve("my run.conf"), JobRunner.read(tutorial));
    for (String rows : List.of("tutorial/alice.csv", "tutorial/bob.csv")) {
      JobRunner.write(elsewhere.resolve(rows), JobRunner.read(tutorial.resolveSibling(rows)));
    }
    Files.createDirectories(folder.resolve("event log"));

    Outcome outcome =
        outcome(
            command(
                elsewhere,
                link,
                "my run.conf",
                "name=two words",
                "output.dir=out put/run",
                "--",
                "--master",
                "local[1]",
                "--conf",
                "spark.federated.algorithm.rounds=3",
                "--conf",
                "spark.eventLog.enabled=true",
                "--conf",
                "spark.eventLog.compress=false",
                "--conf",
                "spark.eventLog.rolling.enabled=false",
                "--conf",
                "spark.eventLog.dir=" + folder.resolve("event log").toUri()));

    assertEquals(0, outcome.code(), outcome.toString());
    assertEquals("", outcome.err());
    assertTrue(outcome.out().startsWith("two words: linear, fed-avg, 3 rounds"));
    assertEquals(
        List.of("fed train", "my run.conf", "out put", "tutorial"), JobRunner.names(elsewhere));
    JsonNode run =
        new ObjectMapper().readTree(JobRunner.read(elsewhere.resolve("out put/run/run.json")));
    JsonNode rounds = run.path("configuration").path("algorithm.rounds");
    assertEquals("3", rounds.path("value").asText());
    assertEquals("spark.federated.algorithm.rounds", rounds.path("origin").asText());
    assertEquals(3, run.path("rounds").asInt());
    try (Stream<Path> logs = Files.list(folder.resolve("event log"))) {
      String log = JobRunner.read(logs.findFirst().orElseThrow());
      assertTrue(log.contains("\"spark.master\":\"local[1]\""));
    }
  }

  @Test
  void launchers_ownSpark_trainEvaluateAndPredict() throws Exception {
    Map<String, String> own = Map.of("SPARK_HOME", PROJECT.resolve("target/spark").toString());
    String output = "output.dir=" + folder.resolve("run");

    ProcessBuilder train = command(folder, job("train"), TUTORIAL, output);
    train.environment().putAll(own);
    Outcome trained = outcome(train);
    ProcessBuilder evaluate =
        command(folder, job("evaluate"), TUTORIAL, "--model", folder.resolve("run").toString());
    evaluate.environment().putAll(own);
    Outcome evaluated = outcome(evaluate);
    ProcessBuilder predict =
        command(
            folder,
            job("predict"),
            TUTORIAL,
            "predictions.path=" + folder.resolve("predictions"),
            "--model",
            folder.resolve("run").toString());
    predict.environment().putAll(own);
    Outcome predicted = outcome(predict);

    assertEquals(0, trained.code(), trained.toString());
    assertEquals("", trained.err());
    ObjectMapper json = new ObjectMapper();
    JsonNode saved = json.readTree(JobRunner.read(folder.resolve("run/coefficients.json")));
    assertEquals(0.7830531662, saved.path("coefficients").path(0).path(0).asDouble(), 5e-11);
    assertEquals(0, evaluated.code(), evaluated.toString());
    OutputIT.assertSameNumbers(
        json.readTree(JobRunner.read(folder.resolve("run/run.json"))).path("metrics").path("train"),
        json.readTree(evaluated.out()).path("metrics").path("all"));
    assertEquals(0, predicted.code(), predicted.toString());
    assertTrue(JobRunner.names(folder.resolve("predictions")).contains("_SUCCESS"));
  }

  @Test
  void launcher_doctor_printsItsTableAndTheCode() throws Exception {
    Outcome go = outcome(command(folder, job("doctor"), TUTORIAL, "output.dir=run"));
    Outcome noGo =
        outcome(
            command(
                folder, job("doctor"), TUTORIAL, "output.dir=run", "data.workers.bob=gone.csv"));

    assertEquals(0, go.code(), go.toString());
    assertEquals("", go.err());
    assertTrue(go.out().contains("warn    spark.master"), go.toString());
    assertTrue(go.out().contains("go ("), go.toString());
    assertEquals(3, noGo.code(), noGo.toString());
    assertEquals("", noGo.err());
    assertTrue(noGo.out().contains("gone.csv does not exist"), noGo.toString());
    assertEquals(List.of("stderr", "stdout"), JobRunner.names(folder));
  }

  /**
   * Ways to ask for a driver on the cluster.
   *
   * @param job the launcher and its arguments before the options of spark-submit
   * @param options for spark-submit; FOLDER stands for the folder of the configuration
   * @param files what is shipped, by name; empty in client mode, where nothing is
   */
  record Submission(String job, String options, List<String> files) {
    static Submission cluster(String job, String options) {
      return new Submission(job, options, List.of("small.conf"));
    }

    static Submission client(String job, String options) {
      return new Submission(job, options, List.of());
    }
  }

  static Stream<Submission> submissions() {
    String train = "train small.conf";
    return Stream.of(
        Submission.client(train, ""),
        Submission.cluster(train, "--deploy-mode cluster"),
        Submission.cluster("evaluate --model out/m small.conf", "--deploy-mode=cluster"),
        Submission.cluster("evaluate --own a small.conf --model=m", "--deploy-mode cluster"),
        Submission.cluster(
            "predict --model=m small.conf name=x", "-c spark.submit.deployMode=cluster"),
        Submission.cluster("doctor --verbose small.conf", "--conf=spark.submit.deployMode=cluster"),
        Submission.cluster("compare small.conf", "--properties-file yarn.properties"),
        Submission.cluster(train, "--properties-file=FOLDER/yarn.properties"),
        Submission.client(train, "--properties-file yarn.properties --deploy-mode client"),
        Submission.client(
            train, "--conf spark.submit.deployMode=client --properties-file yarn.properties"),
        Submission.cluster(train, "--name x"),
        Submission.client(train, "--properties-file colon.properties"),
        Submission.cluster(train, "--properties-file colon.properties --load-spark-defaults"),
        new Submission(
            "train with.conf",
            "--properties-file files.properties",
            List.of("site.txt", "with.conf", "policy.conf")),
        new Submission(
            train, "--deploy-mode cluster --files a,b/small.conf", List.of("a", "small.conf")));
  }

  @ParameterizedTest
  @MethodSource("submissions")
  void launcher_driverOnTheCluster_isGivenTheConfiguration(Submission asked) throws Exception {
    Path spark = ownSpark();
    Path work = Files.createDirectories(folder.resolve("work"));
    JobRunner.write(work.resolve("small.conf"), "name = small");
    JobRunner.write(work.resolve("with.conf"), "include \"site/policy.conf\"");
    JobRunner.write(work.resolve("site/policy.conf"), "name = policy");
    JobRunner.write(
        work.resolve("yarn.properties"),
        """
        # spark.submit.deployMode client
          spark.submit.deployMode   cluster\s
        spark.master yarn
        """);
    JobRunner.write(work.resolve("colon.properties"), "spark.master:yarn\nspark.a=\\\n  b\n");
    JobRunner.write(
        work.resolve("files.properties"),
        "spark.submit.deployMode: cluster\nspark.files=site.txt\n");
    JobRunner.write(spark.resolve("conf/spark-defaults.conf"), "spark.submit.deployMode=cluster\n");
    List<String> words = new ArrayList<>(List.of(asked.job().split(" ", -1)));
    String job = words.remove(0);
    if (!asked.options().isEmpty()) {
      words.add("--");
      words.addAll(List.of(asked.options().replace("FOLDER", work.toString()).split(" ", -1)));
    }
    ProcessBuilder launcher = command(work, job(job), words.toArray(new String[0]));
    launcher.environment().put("SPARK_HOME", spark.toString());
    if (asked.options().isEmpty()) {
      launcher.environment().put("SPARK_CONF_DIR", work.toString());
    }

    Outcome outcome = outcome(launcher);

    assertEquals(0, outcome.code(), outcome.toString());
    List<String> said = outcome.out().lines().toList();
    int files = said.lastIndexOf("--files");
    assertEquals(
        asked.files(),
        files < 0
            ? List.of()
            : Stream.of(said.get(files + 1).split(",", -1))
                .map(file -> Path.of(file).getFileName().toString())
                .toList(),
        outcome.toString());
    String conf = words.stream().filter(word -> word.endsWith(".conf")).findFirst().orElseThrow();
    String told = asked.files().isEmpty() ? conf : work.toRealPath().resolve(conf).toString();
    assertTrue(said.indexOf(told) > said.indexOf("--class"), outcome.toString());
    assertEquals(
        asked.files().isEmpty() ? 0 : 1,
        said.stream().filter("spark.standalone.submit.waitAppCompletion=true"::equals).count());
  }

  /** A Spark that tells what it is asked. */
  private Path ownSpark() throws IOException {
    Path submit =
        JobRunner.write(
            folder.resolve("spark/bin/spark-submit"),
            "#!/usr/bin/env bash\nprintf '%s\\n' \"$@\"\n");
    assertTrue(submit.toFile().setExecutable(true));
    return folder.resolve("spark");
  }

  @Test
  void launcher_includeThatIsNotThere_isToldBeforeAnythingIsSubmitted() throws Exception {
    Path conf = JobRunner.write(folder.resolve("run.conf"), "include \"nothing.conf\"\n");
    ProcessBuilder train =
        command(folder, job("train"), conf.toString(), "--", "--deploy-mode", "cluster");
    train.environment().put("SPARK_HOME", ownSpark().toString());

    Outcome outcome = outcome(train);

    assertEquals(2, outcome.code(), outcome.toString());
    assertTrue(outcome.err().startsWith("error: include \"nothing.conf\""), outcome.toString());
    assertEquals("", outcome.out());
  }

  @Test
  void launcher_wrongSparkHome_isTold() throws Exception {
    ProcessBuilder train = command(folder, job("train"), TUTORIAL);
    train.environment().put("SPARK_HOME", folder.resolve("no spark").toString());

    Outcome outcome = outcome(train);

    assertEquals(NOT_STARTED, outcome.code(), outcome.toString());
    assertTrue(outcome.err().startsWith("Spark not found: SPARK_HOME is " + folder));
    assertEquals(1, outcome.err().lines().count());
    assertEquals("", outcome.out());
  }

  @Test
  void launcher_noJava_isTold() throws Exception {
    Path tools = Files.createDirectories(folder.resolve("tools"));
    for (String tool : List.of("bash", "dirname", "readlink")) {
      Files.createSymbolicLink(tools.resolve(tool), findOnPath(tool));
    }
    ProcessBuilder train = command(folder, job("train"), TUTORIAL);
    train.environment().put("PATH", tools.toString());
    train.environment().remove("JAVA_HOME");

    Outcome outcome = outcome(train);

    assertEquals(NOT_STARTED, outcome.code(), outcome.toString());
    assertTrue(outcome.err().startsWith("Java not found: "), outcome.toString());
    assertEquals(1, outcome.err().lines().count());
  }

  private static Path findOnPath(String tool) {
    return Stream.of(System.getenv("PATH").split(":", -1))
        .map(directory -> Path.of(directory, tool))
        .filter(Files::isExecutable)
        .findFirst()
        .orElseThrow();
  }

  /** With checkpoints it leaves what it can be resumed from: {@link ResumeIT}. */
  @Test
  void launcher_terminatedWithoutCheckpoints_leavesNothing() throws Exception {
    Path work = folder.resolve("work");
    Process training =
        command(
                work,
                job("train"),
                PROJECT.resolve("conf/simulated.conf").toString(),
                "algorithm.rounds=100000",
                "data.synthetic.workers=4",
                "checkpoint.every=0",
                "output.dir=new/deep/run")
            .start();
    try {
      while (training.isAlive() && !JobRunner.read(folder.resolve("stdout")).contains("round  ")) {
        Thread.sleep(100);
      }
      assertFalse(JobRunner.names(work.resolve("new/deep")).isEmpty());
      training.destroy();

      Outcome outcome = outcome(training);

      assertEquals(TERMINATED, outcome.code(), outcome.toString());
      assertFalse(outcome.showsStackTrace(), outcome.toString());
      assertEquals(List.of(), JobRunner.names(work));
    } finally {
      training.destroyForcibly();
    }
  }

  /** As a service manager stops it. */
  @Test
  void agent_terminated_takesItsSocketAwayAndSaysSo() throws Exception {
    OwnerFolders owners = OwnerFolders.make(folder, List.of("a", "b", "c"));
    Path own = owners.dir().resolve("a");
    Path socket = folder.resolve("run/agent.sock");
    Files.write(own.resolve("agent.properties"), List.of("listen = " + socket, "relays = spark"));
    Process agent = command(folder, job("agent"), "serve", own.toString()).start();
    try {
      Path said = folder.resolve("stdout");
      long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(2);
      while (!JobRunner.read(said).contains("ready\n") && System.nanoTime() < end) {
        assertTrue(agent.isAlive(), () -> JobRunner.read(folder.resolve("stderr")));
        Thread.sleep(100);
      }
      assertTrue(Files.exists(socket), () -> JobRunner.read(said));
      assertTrue(Files.isDirectory(own.resolve("spark")), "what Spark puts on disk is the owner's");

      agent.destroy();
      Outcome outcome = outcome(agent);

      assertEquals(TERMINATED, outcome.code(), outcome.toString());
      assertTrue(outcome.out().endsWith("stopping\nstopped\n"), outcome.toString());
      assertEquals("", outcome.err());
      assertFalse(Files.exists(socket));
    } finally {
      agent.destroyForcibly();
    }
  }
}
