package io.sparkfed.jobs;

import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.ModelSettings;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.output.Places;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkFiles;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import scala.Tuple2;

/** What every job's command line has. */
final class JobOptions {
  private static final String PROPERTY_PREFIX = "spark.federated.";

  @Parameters(index = "0", paramLabel = "CONF", description = "Configuration file (HOCON).")
  private String conf;

  @Parameters(
      index = "1..*",
      paramLabel = "key=value",
      description = "Settings that override the file's.")
  private List<String> overrides = new ArrayList<>();

  @Option(names = "--verbose", description = "Show the stack trace of an error.")
  private boolean verbose;

  @Option(
      names = "--keys",
      help = true,
      arity = "0..1",
      fallbackValue = "",
      paramLabel = "PREFIX",
      description = "Print the configuration's keys, or those under PREFIX, with their comments.")
  private String keys;

  boolean verbose() {
    return verbose;
  }

  /** Returns the keys that are to be printed in place of running the job: those under this path. */
  Optional<String> keys() {
    return Optional.ofNullable(keys);
  }

  /**
   * Loads the configuration. A file that isn't there under its own name may have come with the job:
   * {@code --files} puts it into the working directory or among Spark's files, and beside it what
   * it includes. Its folder, which {@code ${config-dir}} means, is where it came from.
   */
  TrainingConfig load() throws IOException {
    return load(ModelSettings.NONE);
  }

  /** Loads a configuration that is about a trained model, whose settings need not be said again. */
  TrainingConfig load(ModelSettings ofModel) throws IOException {
    Map<String, String> properties = new LinkedHashMap<>();
    for (Tuple2<String, String> property : new SparkConf().getAllWithPrefix(PROPERTY_PREFIX)) {
      properties.put(property._1(), property._2());
    }
    return ConfigLoader.load(locate(), folder(), properties, overrides, ofModel);
  }

  private Path folder() {
    return Path.of(conf).toAbsolutePath().normalize().getParent();
  }

  /** Returns what a job with this configuration reads, the configuration's files among it. */
  Places places(Configuration hadoop, TrainingConfig config) throws IOException {
    List<Path> files = new ArrayList<>(ConfigLoader.files(locate(), folder()));
    files.add(Path.of(conf));
    return Places.readBy(hadoop, config, files);
  }

  private Path locate() throws IOException {
    Path given = Path.of(conf);
    Path name = given.getFileName();
    SparkConf spark = new SparkConf();
    // What was shipped, and not what a cluster's node may have under the same name.
    boolean elsewhere = spark.get("spark.submit.deployMode", "client").equals("cluster");
    if (name == null || (Files.isRegularFile(given) && !elsewhere)) {
      return given;
    }
    if (Files.isRegularFile(name)) {
      return name;
    }
    if (Files.isRegularFile(given) || !spark.get("spark.files", "").contains(name.toString())) {
      return given;
    }
    JobMain.openSession("Spark Federated");
    return Path.of(SparkFiles.get(name.toString()));
  }
}
