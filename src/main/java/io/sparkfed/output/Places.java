package io.sparkfed.output;

import io.sparkfed.config.DataConfig;
import io.sparkfed.config.DataConfig.PooledTable;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.config.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.apache.hadoop.conf.Configuration;

/**
 * What a job reads and where it writes. Nothing is written over, around or into what is read, and
 * no two things are written over, around or into each other. Paths are compared as {@link Location}
 * says; of paths on the hosts of workers the spelling is, as the driver may not see them.
 */
public final class Places {
  private final Configuration hadoop;
  private final List<Marked> read = new ArrayList<>();
  private final List<Marked> written = new ArrayList<>();

  /** A place and what it is called in messages. */
  private record Marked(String called, Set<Location> at) {}

  Places(Configuration hadoop) {
    this.hadoop = hadoop;
  }

  /** Returns what every job with this configuration reads, and nothing that is written. */
  public static Places readBy(
      Configuration hadoop, TrainingConfig config, List<Path> configurationFiles) {
    Places places = new Places(hadoop);
    if (config.data().source() instanceof WorkerPaths workers) {
      new TreeMap<>(workers.paths())
          .forEach(
              (worker, path) -> {
                if (!path.startsWith(DataConfig.DATASET)) {
                  places.reads("data.workers." + worker, path);
                }
              });
    } else if (config.data().source() instanceof PooledTable table) {
      table
          .path()
          .or(() -> pathOption(config.data().options()))
          .ifPresent(path -> places.reads("data.path", path));
    }
    config
        .aggregation()
        .keys()
        .ifPresent(
            keys -> {
              keys.dir().ifPresent(dir -> places.readsFolder("aggregation.keys.dir", Path.of(dir)));
              places.readsFolder("aggregation.keys.roster", Path.of(keys.roster()));
            });
    configurationFiles.forEach(file -> places.readsFolder("the configuration file", file));
    return places;
  }

  /** Returns the path among a data source's options, where Spark takes it from if none is given. */
  static Optional<String> pathOption(Map<String, String> options) {
    return options.entrySet().stream()
        .filter(option -> option.getKey().equalsIgnoreCase("path"))
        .map(Map.Entry::getValue)
        .findFirst();
  }

  /** Adds what is read by a path that may be a glob. */
  public Places reads(String key, String path) {
    read.add(new Marked(called(key, path), Location.ofRead(hadoop, path)));
    return this;
  }

  /** Adds what is read by a path of the operating system's. */
  Places readsFolder(String key, Path path) {
    read.add(new Marked(called(key, path.toString()), Location.ofFolder(path.toString())));
    return this;
  }

  /**
   * Adds where something is written.
   *
   * @throws IOException if it is no path, or the root folder
   */
  public Places writes(String key, String path) throws IOException {
    Set<Location> at;
    try {
      at = Location.of(hadoop, path);
    } catch (IllegalArgumentException e) {
      throw new IOException(called(key, path) + " is not a path: " + e.getMessage(), e);
    }
    if (at.stream().anyMatch(Location::isRoot)) {
      throw new IOException(key + " can't be the root folder");
    }
    written.add(new Marked(called(key, path), at));
    return this;
  }

  /**
   * Checks that they are apart.
   *
   * @throws IOException naming a place that is written and what it meets
   */
  public void requireApart() throws IOException {
    for (Marked place : written) {
      refuse(place, read, "which is read: nothing is written over, around or into what is read");
    }
    for (int k = 1; k < written.size(); k++) {
      refuse(written.get(k), written.subList(0, k), "but each needs a place of its own");
    }
  }

  private static void refuse(Marked place, List<Marked> others, String rule) throws IOException {
    for (Marked other : others) {
      for (Location there : other.at()) {
        for (Location here : place.at()) {
          Optional<Location.Meeting> meeting = there.meeting(here);
          if (meeting.isPresent()) {
            throw new IOException(
                place.called() + " " + meeting.get().words() + " " + other.called() + ", " + rule);
          }
        }
      }
    }
  }

  private static String called(String key, String path) {
    return key.startsWith("the ") ? key + " " + path : key + " = " + path;
  }
}
