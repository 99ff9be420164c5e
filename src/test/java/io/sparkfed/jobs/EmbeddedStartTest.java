package io.sparkfed.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.launcher.JavaModuleOptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How the launchers start the embedded Spark: a copy of them, with a Java and a spark-submit that
 * print what they are asked.
 */
class EmbeddedStartTest {
  private static final Path PROJECT = Path.of("").toAbsolutePath();

  /**
   * What makes an archive takes a moment, and writes what MADE says; nothing where that is none.
   */
  private static final String JAVA =
      """
      #!/usr/bin/env bash
      if [ "$1" = -version ]; then
        echo 'openjdk version "17.0.1" 2021-10-19' >&2
        exit 0
      fi
      for word in "$@"; do
        case "$word" in
          -XX:ArchiveClassesAtExit=*)
            echo made >>"${0%/*}/made"
            sleep 0.5
            [ -f "${0%/*}/fails" ] && exit 1
            echo classes >"${word#*=}"
            exit 0
            ;;
        esac
      done
      printf '%s\\n' java "$LOG4J_CONFIGURATION_FILE" "$@"
      """;

  @TempDir Path folder;
  private Path root;

  @BeforeEach
  void lay() throws IOException {
    root = folder.resolve("a project");
    Files.createDirectories(root.resolve("jobs"));
    for (String file : List.of("common.sh", "embedded.sh", "train", "evaluate")) {
      Files.copy(PROJECT.resolve("jobs").resolve(file), root.resolve("jobs").resolve(file));
    }
    for (String file : List.of("spark-defaults.conf", "log4j2.properties", "metrics.properties")) {
      write("conf/" + file, Files.readString(PROJECT.resolve("conf").resolve(file)));
    }
    write("target/spark-federated_2.13-1.jar", "jar");
    write("target/spark/RELEASE", "Spark");
    write("run.conf", "name = run");
    program("target/spark/bin/spark-submit", "#!/usr/bin/env bash\nprintf '%s\\n' submit \"$@\"\n");
    program("java/bin/java", JAVA);
  }

  private void write(String file, String text) throws IOException {
    Path path = root.resolve(file);
    Files.createDirectories(path.getParent());
    Files.writeString(path, text);
  }

  private void program(String file, String text) throws IOException {
    write(file, text);
    assertTrue(root.resolve(file).toFile().setExecutable(true));
  }

  private Process start(Map<String, String> environment, String... words) throws IOException {
    List<String> command =
        new ArrayList<>(List.of("bash", root.resolve("jobs/" + words[0]).toString()));
    command.addAll(Arrays.asList(words).subList(1, words.length));
    ProcessBuilder builder =
        new ProcessBuilder(command).directory(root.toFile()).redirectErrorStream(true);
    builder
        .environment()
        .keySet()
        .removeIf(name -> name.matches("(SPARK|HADOOP|YARN|LOG4J|MASTER).*"));
    builder.environment().put("JAVA_HOME", root.resolve("java").toString());
    builder.environment().putAll(environment);
    return builder.start();
  }

  private List<String> said(Process process) throws Exception {
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertTrue(process.waitFor(1, TimeUnit.MINUTES));
    assertEquals(0, process.exitValue(), text);
    return text.lines().toList();
  }

  private List<String> said(String... words) throws Exception {
    return said(start(Map.of(), words));
  }

  private long timesMade() throws IOException {
    Path made = root.resolve("java/bin/made");
    return Files.exists(made) ? Files.readAllLines(made).size() : 0;
  }

  private static boolean usesArchive(List<String> said) {
    return said.stream().anyMatch(word -> word.startsWith("-XX:SharedArchiveFile="));
  }

  private List<Path> archives() throws IOException {
    try (Stream<Path> files = Files.list(root.resolve("target/spark"))) {
      return files.filter(file -> file.getFileName().toString().startsWith("classes-")).toList();
    }
  }

  /** One JVM, with what Spark's launcher would have given it. */
  @Test
  void train_isOneJvm_withMemoryLoggingAndMetricsOfTheSettings() throws Exception {
    List<String> said =
        said("train", "run.conf", "name=two words", "--", "--master", "local[1]", "--conf", "a=b");

    assertEquals(
        List.of(
            "java",
            root.resolve("conf/log4j2.properties").toString(),
            "-cp",
            root.resolve("target/spark/jars")
                + "/*:"
                + root.resolve("target/spark-federated_2.13-1.jar"),
            "-Xmx2g",
            "@" + root.resolve("target/spark/java.options")),
        said.subList(0, 6));
    assertEquals(
        List.of(
            "org.apache.spark.deploy.SparkSubmit",
            "--class",
            "io.sparkfed.jobs.TrainJob",
            "--master",
            "local[1]",
            "--conf",
            "a=b",
            "--conf",
            "spark.metrics.conf=" + root.resolve("conf/metrics.properties"),
            "--conf",
            "spark.sql.extensions.test.loadFromCp=false",
            "spark-internal",
            "run.conf",
            "name=two words"),
        said.subList(said.indexOf("org.apache.spark.deploy.SparkSubmit"), said.size()));
    assertTrue(said("train", "run.conf", "--", "--driver-memory=3g").contains("-Xmx3g"));
    assertTrue(said("train", "run.conf", "--", "-c", "spark.driver.memory=5g").contains("-Xmx5g"));
    assertFalse(
        said("train", "run.conf", "--", "--conf", "spark.metrics.conf=mine").stream()
            .anyMatch(word -> word.endsWith("metrics.properties")));
  }

  /** Whatever Spark's launcher alone knows of is left to it, and so is what is not local. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "--master spark://host:7077",
        "--master=yarn",
        "--master local-cluster[2,1,600]",
        "--deploy-mode client",
        "--driver-java-options -Dx=y",
        "--driver-class-path x.jar",
        "--driver-library-path x",
        "--properties-file x",
        "--packages a:b:1",
        "--jars x.jar",
        "--verbose",
        "--conf spark.master=spark://host:7077",
        "--conf spark.jars=x.jar",
        "--conf=spark.driver.extraJavaOptions=-Dx=y",
        "-c spark.driver.defaultJavaOptions=-Dx=y",
        "--conf spark.driver.userClassPathFirst=true",
      })
  void option_ofTheLauncher_isLeftToIt(String options) throws Exception {
    List<String> words = new ArrayList<>(List.of("train", "run.conf", "--"));
    words.addAll(List.of(options.split(" ", -1)));

    assertEquals("submit", said(words.toArray(String[]::new)).get(0));
    assertEquals(0, timesMade());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "SPARK_SUBMIT_OPTS",
        "SPARK_DIST_CLASSPATH",
        "HADOOP_CONF_DIR",
        "YARN_CONF_DIR",
        "SPARK_CONF_DIR"
      })
  void variable_ofTheLauncher_isLeftToIt(String variable) throws Exception {
    assertEquals("submit", said(start(Map.of(variable, "x"), "train", "run.conf")).get(0));
  }

  @Test
  void optionsOfTheJvm_thatNeedNoLauncher_areGivenToIt() throws Exception {
    String options = "-XX:+UseSerialGC -Dx=y,z -Xss4m";
    List<String> said = said(start(Map.of("SPARK_SUBMIT_OPTS", options), "train", "run.conf"));

    assertEquals("java", said.get(0));
    assertEquals(
        List.of("-XX:+UseSerialGC", "-Dx=y,z", "-Xss4m", "-Xmx2g"),
        said.subList(said.indexOf("-cp") + 2, said.indexOf("-Xmx2g") + 1));
    assertTrue(usesArchive(said));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"-Dx='y z'", "-Dx=\\y", "-Dx=*", "-cp x.jar", "-Xshare:off", "-javaagent:x.jar"})
  void optionsOfTheJvm_ofOtherKinds_areLeftToTheLauncher(String options) throws Exception {
    Process job = start(Map.of("SPARK_SUBMIT_OPTS", options), "train", "run.conf");

    assertEquals("submit", said(job).get(0));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "core-site.xml",
        "log4j2.xml",
        "log4j2-test.properties",
        "spark-env.sh",
        "java-opts"
      })
  void file_ofTheClassPath_isLeftToTheLauncher(String file) throws Exception {
    write("conf/" + file, "");

    assertEquals("submit", said("train", "run.conf").get(0));
  }

  @Test
  void defaults_withOptionsOfTheJvm_areLeftToTheLauncher() throws Exception {
    write("conf/spark-defaults.conf", "# none\n  spark.driver.extraJavaOptions -Dx=y\n");

    assertEquals("submit", said("train", "run.conf").get(0));
  }

  @Test
  void archive_isMadeByTheFirstTraining_andUsedByEachJob() throws Exception {
    assertFalse(usesArchive(said("evaluate", "run.conf", "--model", "m")));
    assertFalse(usesArchive(said("train", "--help")));
    assertFalse(usesArchive(said("train", "run.conf", "--help")));
    assertEquals(0, timesMade());

    assertTrue(usesArchive(said("train", "run.conf", "--verbose")));
    assertTrue(usesArchive(said("train", "run.conf")));
    assertTrue(usesArchive(said("evaluate", "run.conf", "--model", "m")));
    assertEquals(1, timesMade());
    assertEquals(2, archives().size(), archives().toString());
  }

  @Test
  void archive_ofAnEarlierBuild_isMadeAnew() throws Exception {
    said("train", "run.conf");
    Thread.sleep(20);
    write("target/spark-federated_2.13-1.jar", "another jar");

    assertTrue(usesArchive(said("train", "run.conf")));
    assertEquals(2, timesMade());
  }

  @Test
  void archive_thatCannotBeMade_isDoneWithout_andNotTriedAgain() throws Exception {
    write("java/bin/fails", "");

    assertFalse(usesArchive(said("train", "run.conf")));
    assertFalse(usesArchive(said("train", "run.conf")));
    assertEquals(1, timesMade());
  }

  @Test
  void archive_thatWasCut_isNotUsed() throws Exception {
    said("train", "run.conf");
    for (Path file : archives()) {
      if (file.toString().endsWith(".jsa")) {
        Files.writeString(file, "cl");
      }
    }

    assertFalse(usesArchive(said("train", "run.conf")));
  }

  /** The second goes on without, and leaves the first alone. */
  @Test
  void archive_ofTwoFirstRuns_isMadeOnce() throws Exception {
    Process one = start(Map.of(), "train", "run.conf");
    while (timesMade() == 0) {
      Thread.sleep(20);
    }
    List<String> other = said("train", "run.conf");

    assertFalse(usesArchive(other));
    assertTrue(usesArchive(said(one)));
    assertEquals(1, timesMade());
    assertEquals(2, archives().size(), archives().toString());
  }

  /** Its maker was killed: the next run clears away, and the one after it makes the archive. */
  @Test
  void archive_lockOfTheDead_isCleared() throws Exception {
    said("train", "run.conf");
    Path archive =
        archives().stream().filter(file -> file.toString().endsWith(".jsa")).findFirst().get();
    Files.delete(archive);
    Process dead = new ProcessBuilder("true").start();
    assertEquals(0, dead.waitFor());
    Files.writeString(Path.of(archive + ".lock"), dead.pid() + "\n");

    assertFalse(usesArchive(said("train", "run.conf")));
    assertTrue(usesArchive(said("train", "run.conf")));
  }

  @Test
  void modulesAreOpenedAsSparkWants() throws Exception {
    String pom = Files.readString(PROJECT.resolve("pom.xml"));
    String opens = pom.substring(pom.indexOf("<jvm.opens>") + 11, pom.indexOf("</jvm.opens>"));

    assertEquals(
        List.of(JavaModuleOptions.defaultModuleOptions().strip().split("\\s+")),
        List.of(opens.strip().split("\\s+")));
    assertTrue(
        Files.readString(PROJECT.resolve("src/main/embedded-spark/java.options"))
            .startsWith("${jvm.opens} "));
  }
}
