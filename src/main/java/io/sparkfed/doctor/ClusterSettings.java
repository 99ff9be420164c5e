package io.sparkfed.doctor;

import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import io.sparkfed.spark.cluster.Spot;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.spark.SparkConf;

/**
 * Spark's settings that the protection of a run rests on, checked without a session. Under a local
 * master no danger is worse than the master itself, so dangers are warnings there.
 */
public final class ClusterSettings {
  private static final Pattern LOCAL = Pattern.compile("local(\\[(.*)])?");
  private static final Pattern LOCAL_WITH_FAILURES = Pattern.compile("local\\[.*,\\s*(\\d+)\\s*]");

  /** How long a task waits for the executor that keeps its partition. */
  public static final String PLACE_WAIT = "spark.locality.wait.process";

  /**
   * What the jobs set it to: longer than a busy executor usually takes, and not too long for tasks
   * of an executor that died, which wait for it too.
   */
  public static final String LONG_PLACE_WAIT = "1m";

  /** Below it, tasks of a busy executor run elsewhere. */
  private static final long SHORT_PLACE_WAIT_SECONDS = 60;

  private final SparkConf conf;
  private final String master;
  private final boolean local;
  private final List<Finding> findings = new ArrayList<>();

  private ClusterSettings(SparkConf conf) {
    this.conf = conf;
    this.master = conf.get("spark.master", "local[*]");
    this.local = LOCAL.matcher(master).matches();
  }

  /** Checks the settings of a session, or those that one would start with. */
  public static List<Finding> of(SparkConf conf) {
    ClusterSettings settings = new ClusterSettings(conf);
    settings.master();
    settings.wire();
    settings.traces();
    settings.tasks();
    settings.labels();
    return List.copyOf(settings.findings);
  }

  private void master() {
    add(
        local ? Verdict.WARN : Verdict.OK,
        "spark.master",
        master,
        "a cluster",
        local
            ? "driver, executors and aggregation share one process: nobody is protected from anybody,"
                + " but for rows that owners' agents hold"
            : "owners' executors are processes apart from the driver");
  }

  private void wire() {
    boolean authenticates = isOn("spark.authenticate", false);
    add(
        authenticates ? Verdict.OK : Verdict.DANGER,
        "spark.authenticate",
        authenticates,
        "true",
        "otherwise anybody who reaches a port of the driver or an executor can read blocks and"
            + " send tasks; a standalone cluster needs spark.authenticate.secret too");
    boolean tls = isOn("spark.ssl.rpc.enabled", false);
    boolean crypto = isOn("spark.network.crypto.enabled", false);
    add(
        tls || (crypto && authenticates) ? Verdict.OK : Verdict.DANGER,
        "spark.network.crypto.enabled",
        tls
            ? "spark.ssl.rpc.enabled = true"
            : crypto && !authenticates ? "true, without effect" : String.valueOf(crypto),
        "true, with spark.authenticate",
        "otherwise models and messages pass the network in the clear");
    boolean encryptsFiles = isOn("spark.io.encryption.enabled", false);
    add(
        encryptsFiles ? Verdict.OK : Verdict.DANGER,
        "spark.io.encryption.enabled",
        encryptsFiles,
        "true",
        "otherwise shuffled and spilled blocks, rows among them, lie in the clear on executors'"
            + " disks");
  }

  private void traces() {
    boolean keepsEvents = isOn("spark.eventLog.enabled", false);
    add(
        keepsEvents ? Verdict.WARN : Verdict.OK,
        "spark.eventLog.enabled",
        keepsEvents,
        "false",
        "the event log keeps the schema, paths, and how long each worker's tasks took");
    boolean shows = isOn("spark.ui.enabled", true);
    boolean acls = isOn("spark.acls.enable", false);
    boolean filters = !conf.get("spark.ui.filters", "").isBlank();
    add(
        shows && !(acls && filters) ? Verdict.WARN : Verdict.OK,
        "spark.ui.enabled",
        !shows
            ? "false"
            : acls && filters
                ? "true, with access lists"
                : acls ? "true, access lists without spark.ui.filters" : "true, open to anybody",
        "false, or spark.acls.enable with spark.ui.filters",
        "the UI shows the same as the event log; access lists bind only users whom a filter"
            + " identifies");
  }

  private void tasks() {
    boolean speculates = isOn("spark.speculation", false);
    add(
        speculates ? Verdict.WARN : Verdict.OK,
        "spark.speculation",
        speculates,
        "false",
        "a second attempt trains in vain. Without aggregation.keys it lacks its worker's keys,"
            + " and the worker drops out");
    boolean reaps = isOn("spark.task.reaper.enabled", false);
    add(
        reaps ? Verdict.OK : Verdict.WARN,
        "spark.task.reaper.enabled",
        reaps,
        "true",
        "otherwise a worker that missed aggregation.deadline may keep its core");
    long waits = conf.getTimeAsSeconds(PLACE_WAIT, LONG_PLACE_WAIT);
    add(
        waits >= SHORT_PLACE_WAIT_SECONDS ? Verdict.OK : Verdict.WARN,
        PLACE_WAIT,
        conf.contains(PLACE_WAIT) ? waits + "s" : LONG_PLACE_WAIT + ", by the jobs",
        LONG_PLACE_WAIT,
        "a task that doesn't wait for its worker's executor reads the rows again, and without"
            + " aggregation.keys it lacks its worker's keys: then the worker drops out");
    int failures = maxFailures();
    add(
        failures >= 2 ? Verdict.OK : Verdict.WARN,
        local ? "spark.master local[N,F]" : "spark.task.maxFailures",
        failures == 1 ? "1 attempt per task" : failures + " attempts per task",
        local ? "local[N,4]" : "4",
        "with one attempt an error of Spark's own ends the run");
  }

  private void labels() {
    String setting = "spark.executorEnv." + Spot.VARIABLE;
    if (conf.contains(setting)) {
      add(
          Verdict.WARN,
          setting,
          conf.get(setting),
          "not set",
          "all executors of a run carry it, whatever their sites call themselves: a site's label is"
              + " for the site to set");
    }
  }

  /** A local master ignores spark.task.maxFailures. */
  private int maxFailures() {
    if (!local) {
      return conf.getInt("spark.task.maxFailures", 4);
    }
    Matcher withFailures = LOCAL_WITH_FAILURES.matcher(master);
    return withFailures.matches() ? Integer.parseInt(withFailures.group(1)) : 1;
  }

  private boolean isOn(String setting, boolean byDefault) {
    return conf.getBoolean(setting, byDefault);
  }

  private void add(Verdict verdict, String setting, Object is, String shouldBe, String why) {
    Verdict worst = local && verdict == Verdict.DANGER ? Verdict.WARN : verdict;
    findings.add(new Finding(Area.CLUSTER, worst, setting, String.valueOf(is), shouldBe, why));
  }
}
