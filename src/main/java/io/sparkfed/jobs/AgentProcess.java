package io.sparkfed.jobs;

import io.sparkfed.agent.AgentServer;
import io.sparkfed.agent.HeldLock;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.recipe.OwnerAgent;
import io.sparkfed.report.LibraryVersion;
import io.sparkfed.secure.keys.JournalAccount;
import io.sparkfed.spark.service.AgentService;
import io.sparkfed.spark.service.ServiceLimits;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.apache.spark.SparkConf;
import org.apache.spark.sql.SparkSession;

/** A data owner's agent while it runs: it says on the process's output what it does. */
final class AgentProcess implements AutoCloseable {
  /** How often it is noted how far the journal is, in seconds. */
  private static final long NOTED = 60;

  /** Goes before any setting; the launcher sets it to the owner's folder. */
  private static final String SCRATCH = "SPARK_LOCAL_DIRS";

  private final OwnerAgent agent;
  private final HeldLock lock;
  private final AgentService service;
  private final AgentServer server;
  private final ScheduledExecutorService notes;
  private final CountDownLatch end = new CountDownLatch(1);
  private final Thread atExit = new Thread(this::stop, "agent-exit");
  private Future<?> noting = CompletableFuture.completedFuture(null);
  private boolean isStopped;

  private AgentProcess(OwnerAgent agent, HeldLock lock, AgentService service, AgentServer server) {
    this.agent = agent;
    this.lock = lock;
    this.service = service;
    this.server = server;
    this.notes =
        Executors.newSingleThreadScheduledExecutor(
            task -> {
              Thread thread = new Thread(task, "agent-notes");
              thread.setDaemon(true);
              return thread;
            });
  }

  /**
   * Checks the owner's folder, and starts to answer.
   *
   * @throws ConfigurationException if the folder is not as it must be
   * @throws IOException if the journal was changed, another agent runs, or nothing can be listened
   *     at
   */
  static AgentProcess start(OwnerAgent agent) throws IOException {
    Terminal.line(
        "agent of worker " + agent.worker() + ", Spark Federated " + LibraryVersion.current());
    OwnerAgent.Settings settings = agent.settings();
    requireLocal();
    Terminal.line("keys and policy: " + agent.verified());
    HeldLock lock = agent.lock();
    try {
      JournalAccount journal = agent.wholeJournal();
      agent.note(journal);
      Terminal.line(
          "journal: " + journal.lines() + " lines, the last one's hash: " + journal.hash());
      CompletableFuture<SparkSession> spark = new CompletableFuture<>();
      AgentService service =
          new AgentService(agent.worker(), agent.keys(), spark::join, ServiceLimits.usual());
      AgentServer server = agent.listen(settings, new ToldRequests(service));
      AgentProcess process = new AgentProcess(agent, lock, service, server);
      process.begin(spark);
      return process;
    } catch (IOException | RuntimeException e) {
      lock.close();
      throw e;
    }
  }

  /** Requests that want rows wait for Spark; others are answered at once. */
  private void begin(CompletableFuture<SparkSession> spark) throws IOException {
    Runtime.getRuntime().addShutdownHook(atExit);
    noting = notes.scheduleWithFixedDelay(this::note, NOTED, NOTED, TimeUnit.SECONDS);
    Terminal.line("listening at " + server.address());
    Terminal.line("starting a Spark of its own, which reads the rows");
    try {
      spark.complete(session(agent));
    } catch (IOException | RuntimeException e) {
      spark.completeExceptionally(e);
      close();
      throw e;
    }
    Terminal.line("ready");
  }

  /** Rows must not leave this process for a cluster's. */
  private static void requireLocal() {
    String master = new SparkConf().get("spark.master", "local[*]");
    if (!master.startsWith("local")) {
      throw new ConfigurationException(
          "an agent's Spark must be in its own process: spark.master must be local[N]."
              + " Provided value: "
              + master);
    }
  }

  /**
   * Returns a session that nobody else reaches: its ports are those of this host alone and want a
   * secret, nothing of it is kept or shown, and what it puts on disk lies in the owner's folder.
   */
  private static SparkSession session(OwnerAgent agent) throws IOException {
    String scratch = agent.folder().resolve("spark").toString();
    Map<String, Object> settings = new TreeMap<>();
    if (!new SparkConf().contains("spark.master")) {
      settings.put("spark.master", "local[*]");
    }
    settings.put("spark.driver.bindAddress", "127.0.0.1");
    settings.put("spark.driver.host", "127.0.0.1");
    settings.put("spark.authenticate", "true");
    settings.put("spark.ui.enabled", "false");
    settings.put("spark.eventLog.enabled", "false");
    if (System.getenv(SCRATCH) == null) {
      settings.put("spark.local.dir", scratch);
    }
    settings.put("spark.sql.warehouse.dir", scratch);
    return JobMain.openSession("agent of worker " + agent.worker(), settings);
  }

  private void note() {
    try {
      agent.note(agent.wholeJournal());
    } catch (IOException e) {
      Terminal.warning(e.getMessage());
    }
  }

  /** Waits until the agent is stopped. */
  void awaitEnd() throws InterruptedException {
    end.await();
  }

  /** Lets what is being answered end, and takes the socket away. */
  private synchronized void stop() {
    if (isStopped) {
      return;
    }
    isStopped = true;
    Terminal.line("stopping");
    noting.cancel(false);
    notes.shutdown();
    try {
      server.close();
      service.close();
      note();
      lock.close();
    } catch (IOException e) {
      Terminal.warning(e.getMessage());
    }
    Terminal.line("stopped");
    end.countDown();
  }

  @Override
  public void close() {
    stop();
    try {
      Runtime.getRuntime().removeShutdownHook(atExit);
    } catch (IllegalStateException e) {
      // The process ends already.
    }
    Sessions.stop();
  }
}
