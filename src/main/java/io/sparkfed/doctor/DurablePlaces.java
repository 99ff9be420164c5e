package io.sparkfed.doctor;

import io.sparkfed.config.TrainingConfig;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import io.sparkfed.spark.rows.UnreachableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.Path;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.spark.SparkContext;

/** Whether results and checkpoints go where they outlive what they are meant to outlive. */
public final class DurablePlaces {
  private static final String CHECKPOINT = "checkpoint.dir";
  private static final String DURABLE = "on a shared, durable file system";

  private final Configuration hadoop;
  private final boolean local;
  private final boolean driverAnywhere;
  private final List<Finding> findings = new ArrayList<>();

  private DurablePlaces(SparkContext spark) {
    this.hadoop = spark.hadoopConfiguration();
    this.local = spark.isLocal();
    this.driverAnywhere =
        spark.getConf().get("spark.submit.deployMode", "client").equals("cluster");
  }

  /** Checks the places that a configuration names; writes nothing. */
  public static List<Finding> of(SparkContext spark, TrainingConfig config) {
    DurablePlaces places = new DurablePlaces(spark);
    config.output().dir().ifPresent(places::output);
    if (config.checkpoints().every() == 0) {
      places.add(
          Verdict.WARN, "checkpoint.every", "0", "at least 1", "a killed run must start over");
    } else {
      boolean own = config.checkpoints().dir().isPresent();
      config
          .checkpoints()
          .dir()
          .or(config.output()::dir)
          .ifPresent(dir -> places.checkpoints(dir, own));
    }
    return List.copyOf(places.findings);
  }

  /** The model is written by tasks, wherever they run. */
  private void output(String dir) {
    if (!local && isLocalFile(dir)) {
      add(
          Verdict.WARN,
          "output.dir for all nodes",
          dir,
          "a path that means the same on every node",
          "executors write parts of the model, which are lost on a disk of their own");
    }
  }

  /** That the output can be written is checked with the output. */
  private void checkpoints(String dir, boolean ofTheirOwn) {
    Optional<String> obstacle = ofTheirOwn ? obstacle(dir) : Optional.empty();
    if (obstacle.isPresent()) {
      add(Verdict.DANGER, CHECKPOINT, obstacle.get(), DURABLE, "the run ends with its first round");
    } else if (!isLocalFile(dir)) {
      add(Verdict.OK, CHECKPOINT, dir, DURABLE, "checkpoints outlive the driver and its host");
    } else if (!local && driverAnywhere) {
      add(
          Verdict.DANGER,
          CHECKPOINT,
          dir + ", on the disk of whichever node the driver runs on",
          DURABLE,
          "a driver that is restarted elsewhere finds nothing to resume");
    } else if (isTemporary(dir)) {
      add(
          Verdict.WARN,
          CHECKPOINT,
          dir,
          DURABLE,
          "its content may be gone after a restart of the host");
    } else {
      add(
          local ? Verdict.OK : Verdict.WARN,
          CHECKPOINT,
          dir,
          DURABLE,
          local
              ? "a killed run can be resumed on this host"
              : "a killed run can be resumed as long as the driver's disk is there, unless that"
                  + " path is shared");
    }
  }

  /** Returns why a folder can't be written; empty if it can. */
  private Optional<String> obstacle(String dir) {
    try {
      FileSystem fs = UnreachableException.open(hadoop, dir);
      Path there = fs.makeQualified(new Path(dir));
      while (there.getParent() != null && !fs.exists(there)) {
        there = there.getParent();
      }
      fs.access(there, FsAction.WRITE_EXECUTE);
      return Optional.empty();
    } catch (UnreachableException e) {
      return Optional.of(e.getMessage());
    } catch (IOException | RuntimeException e) {
      return Optional.of(
          dir
              + " can't be written: "
              + String.valueOf(e.getMessage()).lines().findFirst().orElse(""));
    }
  }

  private boolean isLocalFile(String dir) {
    try {
      return "file".equals(new Path(dir).getFileSystem(hadoop).getUri().getScheme());
    } catch (IOException | RuntimeException e) {
      // Said by whoever tries to write there.
      return false;
    }
  }

  private static boolean isTemporary(String dir) {
    String path = new Path(dir).toUri().getPath() + "/";
    return path.startsWith("/tmp/") || path.startsWith(System.getProperty("java.io.tmpdir") + "/");
  }

  private void add(Verdict verdict, String check, String is, String shouldBe, String why) {
    findings.add(new Finding(Area.OUTPUT, verdict, check, is, shouldBe, why));
  }
}
