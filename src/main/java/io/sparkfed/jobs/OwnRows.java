package io.sparkfed.jobs;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.TrainingConfig;
import io.sparkfed.spark.cluster.Spot;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.util.List;
import org.apache.spark.sql.SparkSession;

/**
 * What lets an owner look at a model with rows of its own: one process at the owner's place, where
 * nothing is protected because nobody else is there.
 */
final class OwnRows {
  private OwnRows() {}

  /**
   * Returns the configuration of one owner's rows alone.
   *
   * @throws ConfigurationException if there are none, or they belong on another host
   */
  static TrainingConfig of(TrainingConfig config, String worker) {
    TrainingConfig own = config.ofOwner(worker);
    List<String> hosts =
        config.data().source() instanceof WorkerPaths paths
            ? paths.hosts().getOrDefault(worker, List.of())
            : List.of();
    if (!hosts.isEmpty() && hosts.stream().noneMatch(OwnRows::isHere)) {
      throw new ConfigurationException(
          "--own "
              + worker
              + " must run where the owner's rows may be read, on "
              + String.join(", ", hosts)
              + " (data.workers."
              + worker
              + ".hosts)");
    }
    return own;
  }

  /**
   * Refuses a cluster.
   *
   * @throws ConfigurationException if the session is not of one process
   */
  static void requireAlone(SparkSession spark) {
    if (!spark.sparkContext().isLocal()) {
      throw new ConfigurationException(
          "--own is for an owner's own eyes, and needs a local master, such as -- --master"
              + " local[*], at the owner's place: on a cluster the owner's figures would pass"
              + " through other parties' processes. Provided master: "
              + spark.sparkContext().master());
    }
  }

  private static boolean isHere(String host) {
    if (host.equalsIgnoreCase(Spot.ownLabel())) {
      return true;
    }
    try {
      for (InetAddress address : InetAddress.getAllByName(host)) {
        if (NetworkInterface.getByInetAddress(address) != null) {
          return true;
        }
      }
      return false;
    } catch (UnknownHostException | SocketException e) {
      return false;
    }
  }
}
