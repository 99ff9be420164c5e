package io.sparkfed.it;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;

/**
 * A standalone master with its worker nodes: Spark's own daemons on loopback, each a process of its
 * own. Closing it ends them and whatever they started.
 */
public final class StandaloneCluster implements AutoCloseable {
  private static final String LOOPBACK = "127.0.0.1";
  private static final Duration START = Duration.ofMinutes(3);

  private final Path dir;
  private final String masterHost;
  private final String daemonOptions;
  private final int port;
  private final int webPort;
  private final List<Process> daemons = new ArrayList<>();
  private Process masterDaemon;
  private final Thread endOnExit = new Thread(this::end, "end the cluster");

  /**
   * A worker node.
   *
   * @param host its address
   * @param prefix the command that its command is given to; empty for none
   */
  public record Node(String host, List<String> prefix) {}

  /** Starts a master and {@code nodes} worker nodes of two cores and waits until they are there. */
  public StandaloneCluster(Path dir, int nodes) throws Exception {
    this(dir, Collections.nCopies(nodes, LOOPBACK));
  }

  /**
   * Starts a master and a worker node of two cores on each loopback address, and waits until they
   * are there. Spark takes nodes with different addresses for different hosts.
   */
  public StandaloneCluster(Path dir, List<String> hosts) throws Exception {
    this(dir, LOOPBACK, hosts.stream().map(host -> new Node(host, List.of())).toList(), "");
  }

  /**
   * Starts a master and worker nodes of two cores, and waits until they are there.
   *
   * @param daemonOptions Java options of all daemons
   */
  public StandaloneCluster(Path dir, String masterHost, List<Node> nodes, String daemonOptions)
      throws Exception {
    this.dir = dir;
    this.masterHost = masterHost;
    this.daemonOptions = daemonOptions;
    Runtime.getRuntime().addShutdownHook(endOnExit);
    try {
      port = freePort();
      webPort = freePort();
      startMaster();
      for (int k = 1; k <= nodes.size(); k++) {
        Object work = Files.createDirectories(dir.resolve("work-" + k));
        daemons.add(
            daemon(
                "node-" + k,
                "org.apache.spark.deploy.worker.Worker",
                nodes.get(k - 1),
                List.of(
                    "--webui-port",
                    0,
                    "--cores",
                    2,
                    "--memory",
                    "1500m",
                    "--work-dir",
                    work,
                    master())));
      }
      await(START, () -> aliveNodes() == nodes.size(), "the standalone cluster did not start");
    } catch (Exception | Error e) {
      end();
      throw e;
    }
  }

  private void startMaster() throws IOException {
    masterDaemon =
        daemon(
            "master",
            "org.apache.spark.deploy.master.Master",
            new Node(masterHost, List.of()),
            List.of("--port", port, "--webui-port", webPort));
  }

  /** Kills the master and starts another in its place, and waits until the nodes have found it. */
  public void restartMaster() throws Exception {
    int nodes = aliveNodes();
    masterDaemon.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    startMaster();
    await(START, () -> aliveNodes() == nodes, "the nodes did not find the new master");
  }

  /** Ends the worker nodes and their executors: nobody starts others. */
  public void endNodes() {
    end(daemons);
  }

  /** Returns the master's URL. */
  public String master() {
    return "spark://" + masterHost + ":" + port;
  }

  /** Returns the folders the nodes keep their executors' and drivers' output in. */
  public List<Path> workDirs() throws IOException {
    try (Stream<Path> children = Files.list(dir)) {
      return children.filter(path -> path.getFileName().toString().startsWith("work-")).toList();
    }
  }

  /** Returns the executors that run now. */
  public List<ProcessHandle> executors() {
    return daemons.stream()
        .flatMap(daemon -> daemon.toHandle().descendants())
        .filter(process -> commandLine(process).contains("CoarseGrainedExecutorBackend"))
        .toList();
  }

  /** Waits for a condition, with a deadline. */
  public static void await(Duration limit, BooleanSupplier condition, String failure)
      throws InterruptedException {
    long deadline = System.nanoTime() + limit.toNanos();
    while (!condition.getAsBoolean()) {
      if (System.nanoTime() > deadline) {
        throw new AssertionError(failure + " within " + limit.toSeconds() + " s");
      }
      Thread.sleep(100);
    }
  }

  /** From /proc: Java's own view of it ends before a long class path does. */
  private static String commandLine(ProcessHandle process) {
    try {
      return Files.readString(Path.of("/proc", String.valueOf(process.pid()), "cmdline"));
    } catch (IOException e) {
      return process
          .info()
          .arguments()
          .map(arguments -> String.join(" ", Arrays.asList(arguments)))
          .orElse("");
    }
  }

  private Process daemon(String name, String mainClass, Node node, List<?> arguments)
      throws IOException {
    List<String> command = new ArrayList<>(node.prefix());
    command.add(Path.of(System.getenv("SPARK_HOME"), "bin", "spark-class").toString());
    command.addAll(List.of(mainClass, "--host", node.host()));
    arguments.forEach(argument -> command.add(argument.toString()));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder
        .environment()
        .putAll(
            Map.of(
                "SPARK_DAEMON_MEMORY",
                "256m",
                "SPARK_LOCAL_IP",
                node.host(),
                "SPARK_DAEMON_JAVA_OPTS",
                (ExecutorJvms.OPTIONS + " " + daemonOptions).strip()));
    return builder
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(dir.resolve(name + ".log").toFile()))
        .start();
  }

  private int aliveNodes() {
    try {
      URI state = URI.create("http://" + masterHost + ":" + webPort + "/json/");
      try (InputStream answer = state.toURL().openStream()) {
        return new ObjectMapper().readTree(answer).path("aliveworkers").asInt();
      }
    } catch (IOException e) {
      return 0;
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  private void end() {
    end(daemons);
    if (masterDaemon != null) {
      end(List.of(masterDaemon));
    }
  }

  private static void end(List<Process> daemons) {
    for (Process daemon : daemons) {
      // First the daemon: it would replace an executor that ends.
      List<ProcessHandle> started = daemon.descendants().toList();
      daemon.destroyForcibly();
      started.forEach(ProcessHandle::destroyForcibly);
    }
  }

  /** Ends all processes. */
  @Override
  public void close() throws InterruptedException {
    end();
    for (Process daemon : daemons) {
      daemon.waitFor(10, TimeUnit.SECONDS);
    }
    Runtime.getRuntime().removeShutdownHook(endOnExit);
  }
}
