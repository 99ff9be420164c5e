package io.sparkfed.benchmark;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.benchmark.WholeCase.Peer;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How long a user waits: whole commands, {@code jobs/train} and its peer on the same files with the
 * same memory, each a process of its own. One line of JSON a case.
 *
 * <p>Ours has masked sums and {@code algorithm.preset = auto}, over ten workers with a folder each.
 * MLlib's peer reads all folders as one table. Pairs run in alternating order. A plain scan of the
 * same columns by Spark into nothing, in a process of its own, is what loading is measured by. The
 * parts of ours are those of {@code run.json}; those of peers they time themselves. Rows are made
 * once, and stay in {@code target/benchmark}.
 */
public final class WholeBenchmark {
  private static final List<String> OF_LOADING = List.of("plan", "survey", "load");

  private final ObjectMapper json = new ObjectMapper();
  private final Path root;
  private final Path files;
  private final String command;
  private final int pairs;
  private final String memory;
  private final Set<Peer> peers;

  private WholeBenchmark(Path root, String command, int pairs, String memory, Set<Peer> peers) {
    this.root = root;
    this.files = root.resolve("target/benchmark");
    this.command = command;
    this.pairs = pairs;
    this.memory = memory;
    this.peers = peers;
  }

  /**
   * Runs the benchmark.
   *
   * @param args the project's folder, and {@code cases=dense-parquet,...}, {@code pairs=3}, {@code
   *     rows-scale=1}, {@code memory=4g}, {@code peers=mllib,numpy} or {@code peers=nobody};
   *     several scales are measured one after the other
   */
  public static void main(String[] args) throws Exception {
    String[] options = List.of(args).subList(1, args.length).toArray(String[]::new);
    Suite suite = new Suite("whole", options);
    List<String> all = WholeCase.ALL.stream().map(WholeCase::name).toList();
    List<String> names = suite.texts("cases", all);
    if (!all.containsAll(names)) {
      throw new IllegalArgumentException("cases must be among " + all + ". Provided: " + names);
    }
    List<String> peers = suite.texts("peers", List.of("mllib", "numpy"));
    WholeBenchmark benchmark =
        new WholeBenchmark(
            Path.of(args[0]),
            ("jobs/benchmark whole " + String.join(" ", options)).strip(),
            suite.numbers("pairs", List.of(3)).get(0),
            suite.texts("memory", List.of("4g")).get(0),
            Arrays.stream(Peer.values())
                .filter(peer -> peers.contains(peer.name().toLowerCase(Locale.ROOT)))
                .collect(Collectors.toSet()));
    for (WholeCase each : WholeCase.ALL) {
      if (names.contains(each.name())) {
        for (String scale : suite.texts("rows-scale", List.of("1"))) {
          benchmark.run(each.scaled(Double.parseDouble(scale)));
        }
      }
    }
  }

  /** A command and the seconds of its parts, by name. */
  private record Timed(MeasuredCommand command, Map<String, Double> parts) {}

  private void run(WholeCase each) throws IOException, InterruptedException {
    Files.createDirectories(files);
    generate(each);
    List<Timed> ours = new ArrayList<>();
    List<Timed> peers = new ArrayList<>();
    List<Timed> scans = new ArrayList<>();
    double apart = Double.NaN;
    for (int pair = 0; pair < pairs; pair++) {
      if (!isCompared(each)) {
        ours.add(ours(each));
        continue;
      }
      if (pair % 2 == 0) {
        peers.add(peer(each));
        ours.add(ours(each));
      } else {
        ours.add(ours(each));
        peers.add(peer(each));
      }
      scans.add(sparkPeer(each, "scan"));
      apart = apart(peers.get(peers.size() - 1), output(each).resolve("coefficients.json"));
    }
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("benchmark", "whole");
    line.put("case", each.name());
    line.put("pairs", pairs);
    if (each.hasOwnRows()) {
      MllibCase rows = each.generated();
      line.put("format", each.format());
      line.put("rows", each.count());
      line.put("features", rows.features());
      line.put("nonZeros", rows.nonZeros());
    }
    if (isCompared(each)) {
      line.put("peer", each.peer().name().toLowerCase(Locale.ROOT));
      double ourSeconds = seconds(ours);
      line.put("ratio", Suite.rounded(seconds(peers) / ourSeconds));
      if (each.isAveraging()) {
        line.put("ratioWithoutStart", Suite.rounded(afterStart(peers) / afterStart(ours)));
      }
      put(line, "peer", peers);
      double scan = Suite.median(scans.stream().map(s -> s.parts().get("scan")).toList());
      double loading = Suite.median(ours.stream().map(WholeBenchmark::loading).toList());
      line.put("loadSeconds", Suite.rounded(loading));
      line.put("scanSeconds", Suite.rounded(scan));
      line.put("loadOverScan", Suite.rounded(loading / scan));
      line.put("largestDifferenceOfCoefficients", apart);
    }
    put(line, "", ours);
    line.put("memory", memory);
    line.put("cores", Runtime.getRuntime().availableProcessors());
    line.put("java", System.getProperty("java.version"));
    line.put("command", command);
    System.out.println(json.writeValueAsString(line));
  }

  private boolean isCompared(WholeCase each) {
    return each.peer() != Peer.NOBODY && peers.contains(each.peer());
  }

  private static void put(Map<String, Object> line, String whose, List<Timed> runs) {
    line.put(named(whose, "seconds"), Suite.rounded(seconds(runs)));
    line.put(
        named(whose, "cpuSeconds"),
        Suite.rounded(Suite.median(runs.stream().map(r -> r.command().cpuSeconds()).toList())));
    line.put(
        named(whose, "peakMegabytes"),
        Math.round(Suite.median(runs.stream().map(r -> r.command().peakMegabytes()).toList())));
    Map<String, Double> parts = new LinkedHashMap<>();
    for (String part : runs.get(0).parts().keySet()) {
      parts.put(
          part,
          Suite.rounded(
              Suite.median(runs.stream().map(r -> r.parts().getOrDefault(part, 0.0)).toList())));
    }
    line.put(named(whose, "parts"), parts);
    line.put(
        named(whose, "allSeconds"),
        runs.stream().map(r -> Suite.rounded(r.command().seconds())).toList());
  }

  private static String named(String whose, String figure) {
    return whose.isEmpty()
        ? figure
        : whose + Character.toUpperCase(figure.charAt(0)) + figure.substring(1);
  }

  private static double seconds(List<Timed> runs) {
    return Suite.median(runs.stream().map(r -> r.command().seconds()).toList());
  }

  /** Of training in one process, the start of Spark is no part. */
  private static double afterStart(List<Timed> runs) {
    return Suite.median(
        runs.stream()
            .map(r -> r.command().seconds() - r.parts().getOrDefault("start", 0.0))
            .toList());
  }

  private static double loading(Timed run) {
    return run.parts().entrySet().stream()
        .filter(part -> OF_LOADING.contains(part.getKey()))
        .mapToDouble(Map.Entry::getValue)
        .sum();
  }

  private Path output(WholeCase each) {
    return files.resolve("out-" + each.name());
  }

  private Path log(String name) {
    return files.resolve(name + ".log");
  }

  private Timed ours(WholeCase each) throws IOException, InterruptedException {
    Path conf = root.resolve("conf/tutorial.conf");
    List<String> words = new ArrayList<>();
    if (root.resolve("target/spark").equals(Path.of(System.getenv("SPARK_HOME")))) {
      // The embedded Spark, as a user has it who names none: it starts otherwise.
      words.addAll(List.of("env", "-u", "SPARK_HOME", "-u", "SPARK_CONF_DIR"));
    }
    words.add(root.resolve("jobs/train").toString());
    Path output = output(each);
    if (!each.hasOwnRows()) {
      words.addAll(List.of(conf.toString(), "output.dir=" + output, "output.overwrite=true"));
    } else {
      conf = files.resolve(each.name() + ".conf");
      Files.writeString(conf, each.configuration(files, output));
      words.addAll(List.of(conf.toString(), "--", "--driver-memory", memory));
    }
    MeasuredCommand command = MeasuredCommand.of(words, log(each.name()));
    Map<String, Double> parts = new LinkedHashMap<>();
    JsonNode timings = json.readTree(output.resolve("run.json").toFile()).get("timings");
    timings.fields().forEachRemaining(part -> parts.put(part.getKey(), part.getValue().asDouble()));
    return new Timed(command, parts);
  }

  private Timed peer(WholeCase each) throws IOException, InterruptedException {
    if (each.peer() == Peer.MLLIB) {
      return sparkPeer(each, "fit");
    }
    List<String> words = new ArrayList<>(List.of("python3"));
    words.addAll(each.script(root, files));
    return timed(MeasuredCommand.of(words, log(each.name() + "-peer")));
  }

  private Timed sparkPeer(WholeCase each, String what) throws IOException, InterruptedException {
    return timed(
        spark(
            each.name() + "-" + what,
            "WholePeer",
            what,
            each.folder(files, each.format()).toString(),
            each.format(),
            each.rows(),
            files.resolve("peer-" + each.name()).toString()));
  }

  private Timed timed(MeasuredCommand command) throws IOException {
    Map<String, Double> parts = new LinkedHashMap<>();
    json.readTree(command.lastLine())
        .fields()
        .forEachRemaining(
            part -> {
              if (part.getValue().isNumber() && !part.getKey().equals("intercept")) {
                parts.put(part.getKey(), part.getValue().asDouble());
              }
            });
    return new Timed(command, parts);
  }

  private MeasuredCommand spark(String log, String mainClass, String... arguments)
      throws IOException, InterruptedException {
    String separator = File.pathSeparator;
    String jar = System.getProperty("benchmark.jar");
    String classes = System.getProperty("java.class.path").split(separator, 2)[0];
    List<String> words =
        new ArrayList<>(
            List.of(
                System.getenv("SPARK_HOME") + "/bin/spark-submit",
                "--driver-memory",
                memory,
                "--conf",
                "spark.ui.enabled=false",
                "--class",
                "io.sparkfed.benchmark." + mainClass,
                "--driver-class-path",
                classes + separator + jar,
                jar));
    words.addAll(List.of(arguments));
    return MeasuredCommand.of(words, log(log));
  }

  private void generate(WholeCase each) throws IOException, InterruptedException {
    if (!each.hasOwnRows()) {
      return;
    }
    for (String format :
        each.isAveraging() ? List.of(each.format(), "csv") : List.of(each.format())) {
      Path folder = each.folder(files, format);
      if (!Files.isDirectory(folder.resolve("w9"))) {
        spark(
            each.name() + "-rows",
            "WholeRows",
            folder.toString(),
            format,
            each.rows(),
            Integer.toString(each.count()));
      }
    }
  }

  /** Returns the largest difference of a coefficient from the peer's. */
  private double apart(Timed peer, Path ours) throws IOException {
    JsonNode theirs = json.readTree(peer.command().lastLine());
    JsonNode own = json.readTree(ours.toFile());
    double apart = Math.abs(theirs.get("intercept").asDouble() - first(own.get("intercepts")));
    JsonNode values = own.get("coefficients");
    values = values.get(0).isArray() ? values.get(0) : values;
    for (int j = 0; j < values.size(); j++) {
      apart =
          Math.max(
              apart,
              Math.abs(values.get(j).asDouble() - theirs.get("coefficients").get(j).asDouble()));
    }
    return apart;
  }

  private static double first(JsonNode values) {
    return values.get(0).asDouble();
  }
}
