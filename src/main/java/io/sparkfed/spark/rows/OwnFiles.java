package io.sparkfed.spark.rows;

import io.sparkfed.data.DataException;
import io.sparkfed.spark.cluster.Place;
import io.sparkfed.spark.rows.FolderFiles.Listed;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Whether each file is read once, and by one worker: otherwise one owner would count as several, or
 * its rows twice. A path on local disks of different hosts is a file on each.
 */
final class OwnFiles {
  private final Map<String, List<Held>> holders = new HashMap<>();

  private record Held(Place place, Listed file) {}

  /**
   * Adds the files that are read at a place.
   *
   * @throws DataException naming a file and who reads it besides
   */
  void add(Place place, List<Listed> files) {
    for (Listed file : files) {
      if (file.length() == 0) {
        continue;
      }
      Held own = new Held(place, file);
      for (String known : file.identities()) {
        List<Held> others = holders.computeIfAbsent(known, k -> new ArrayList<>());
        for (Held other : others) {
          if (!FileIdentity.isOfADisk(known) || !areApart(place, other.place())) {
            throw new DataException(told(own, other));
          }
        }
        others.add(own);
      }
    }
  }

  private static boolean areApart(Place one, Place other) {
    return !one.isAnywhere()
        && !other.isAnywhere()
        && Collections.disjoint(one.hosts(), other.hosts());
  }

  private static String told(Held one, Held other) {
    String file = CsvFiles.shown(one.file().path());
    String before = CsvFiles.shown(other.file().path());
    String worker = other.place().party();
    String as = file.equals(before) ? "" : ", as " + before;
    return worker == null || worker.equals(one.place().party())
        ? "file " + file + " is read twice" + (worker == null ? "" : " by worker " + worker) + as
        : "file "
            + file
            + " is read by worker "
            + one.place().party()
            + " and by worker "
            + worker
            + as
            + ": each file belongs to one worker";
  }
}
