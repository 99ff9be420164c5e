package io.sparkfed.doctor;

import io.sparkfed.agent.AgentAddress;
import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.data.DataException;
import io.sparkfed.doctor.Finding.Area;
import io.sparkfed.doctor.Finding.Verdict;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.rows.ConfiguredCluster;
import io.sparkfed.spark.rows.PathPattern;
import io.sparkfed.spark.rows.UnreachableException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.apache.hadoop.conf.Configuration;
import org.apache.hadoop.fs.FileStatus;
import org.apache.hadoop.fs.FileSystem;
import org.apache.hadoop.fs.permission.FsAction;
import org.apache.hadoop.security.AccessControlException;

/** Whether the paths that {@code data} names can be reached from the driver. Opens no file. */
public final class ReachablePaths {
  private static final String WHY = "otherwise the run ends before round 1";

  private ReachablePaths() {}

  /** Checks each worker's path, or the pooled table's. */
  public static List<Finding> of(Configuration hadoop, DataConfig data) {
    List<Finding> findings = new ArrayList<>();
    if (data.source() instanceof WorkerPaths paths) {
      for (Place place : ConfiguredCluster.places(paths)) {
        String key = "data.workers." + place.party();
        String path = paths.paths().get(place.party());
        AgentAddress agent = paths.agents().get(place.party());
        if (agent != null) {
          findings.add(
              finding(Verdict.OK, key, "asked through the agent at " + agent + ", which holds it"));
          continue;
        }
        findings.add(
            place.isAnywhere()
                ? check(hadoop, key, path)
                : finding(
                    Verdict.WARN,
                    key,
                    path + " on " + String.join(", ", place.hosts()) + ": not checked from here"));
      }
    } else if (data.source() instanceof PooledTable table) {
      findings.add(
          table
              .path()
              .map(path -> check(hadoop, "data.path", path))
              .orElseGet(
                  () ->
                      finding(
                          Verdict.WARN,
                          "data.format",
                          data.format() + ", without a path: not checked")));
    } else {
      findings.add(finding(Verdict.OK, "data.synthetic", "generated inside the job"));
    }
    return List.copyOf(findings);
  }

  private static Finding check(Configuration hadoop, String key, String path) {
    try {
      FileSystem fs = UnreachableException.open(hadoop, path);
      List<FileStatus> matches = new PathPattern(path).matchesOrNone(fs);
      if (matches.isEmpty()) {
        return finding(Verdict.DANGER, key, path + " does not exist");
      }
      for (FileStatus match : matches) {
        fs.access(match.getPath(), match.isDirectory() ? FsAction.READ_EXECUTE : FsAction.READ);
      }
      return finding(Verdict.OK, key, path);
    } catch (DataException e) {
      return finding(Verdict.DANGER, key, e.getMessage());
    } catch (UnreachableException e) {
      return finding(Verdict.DANGER, key, e.getMessage());
    } catch (AccessControlException e) {
      return finding(Verdict.DANGER, key, path + " may not be read");
    } catch (IOException | RuntimeException e) {
      String why = String.valueOf(e.getMessage()).lines().findFirst().orElse("");
      return finding(Verdict.DANGER, key, path + " can't be reached: " + why);
    }
  }

  private static Finding finding(Verdict verdict, String key, String is) {
    return new Finding(Area.DATA, verdict, key, is, "there and readable", WHY);
  }
}
