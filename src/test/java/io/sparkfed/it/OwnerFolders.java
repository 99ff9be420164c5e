package io.sparkfed.it;

import io.sparkfed.secure.keys.KeyFolderMaker;
import io.sparkfed.secure.keys.KeyFolders;
import io.sparkfed.secure.keys.KeyRing;
import io.sparkfed.secure.keys.RosterFile;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Key folders of workers as their owners would make them: keys that outlive an executor. */
public record OwnerFolders(Path dir, Path roster) {

  /** Makes the folders {@code under/keys/WORKER} that are missing, and the roster of all. */
  public static OwnerFolders make(Path under, List<String> workers) throws IOException {
    Path dir = under.resolve("keys");
    List<String> cards = new ArrayList<>();
    for (String worker : workers) {
      Path made = dir.resolve(worker);
      if (!Files.exists(made)) {
        KeyFolderMaker.init(dir, worker);
      }
      cards.addAll(Files.readAllLines(made.resolve(KeyFolderMaker.CARD)));
    }
    RosterFile roster = RosterFile.parse(cards);
    for (String worker : workers) {
      KeyFolderMaker.accept(dir.resolve(worker), worker, roster);
    }
    return new OwnerFolders(dir, Files.write(under.resolve("roster"), roster.lines()));
  }

  /** Returns the keys. */
  public KeyRing keys() throws IOException {
    return new KeyFolders(dir.toString(), Files.readAllLines(roster));
  }
}
