package io.sparkfed.it;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFileAttributeView;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * A UNIX user for each owner, and one for the Spark that asks their agents, where this process is
 * root's and these may read the product: else all are this process's user.
 */
public final class OwnerUsers {
  private static final Map<String, String> OWNERS =
      Map.of("a", "daemon", "b", "bin", "c", "mail", "d", "games");

  private static final String RELAY = "nobody";
  private static final String GROUP = "nogroup";

  private final String self = System.getProperty("user.name");
  private final boolean areMany;

  private OwnerUsers(boolean areMany) {
    this.areMany = areMany;
  }

  /**
   * Finds out whether there can be users, and lets them enter a folder.
   *
   * @param root made for a test
   */
  public static OwnerUsers of(Path root) throws IOException, InterruptedException {
    Files.setPosixFilePermissions(root, PosixFilePermissions.fromString("rwxr-xr-x"));
    OwnerUsers users = new OwnerUsers(/* areMany= */ true);
    boolean isPossible = users.self.equals("root");
    for (String user : users.relays()) {
      isPossible = isPossible && users.isPossible(user, root);
    }
    for (String user : OWNERS.values()) {
      isPossible = isPossible && users.isPossible(user, root);
    }
    return isPossible ? users : new OwnerUsers(/* areMany= */ false);
  }

  private boolean isPossible(String user, Path root) throws IOException, InterruptedException {
    String test =
        "test -x %s && cat jobs/agent target/spark/RELEASE target/spark-federated_*.jar"
            .formatted(root);
    List<String> command =
        Stream.concat(prefix(user).stream(), Stream.of("bash", "-c", test)).toList();
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(ProcessBuilder.Redirect.DISCARD)
              .start();
      return process.waitFor(1, TimeUnit.MINUTES) && process.exitValue() == 0;
    } catch (IOException e) {
      return false;
    }
  }

  /** Returns whether the users differ. */
  public boolean areMany() {
    return areMany;
  }

  /** Returns the user of a worker's owner. */
  public String owner(String worker) {
    return areMany ? OWNERS.get(worker) : self;
  }

  /** Returns the user of Spark. */
  public String relay() {
    return areMany ? RELAY : self;
  }

  /** Returns Spark's users: that, and this process's own. */
  public Set<String> relays() {
    return new TreeSet<>(List.of(relay(), self));
  }

  /** Returns the group of all of them. */
  public Optional<String> group() {
    return areMany ? Optional.of(GROUP) : Optional.empty();
  }

  /** Returns what a command of a user's begins with. */
  public List<String> prefix(String user) {
    return areMany && !user.equals(self)
        ? List.of("setpriv", "--reuid=" + user, "--regid=" + GROUP, "--clear-groups")
        : List.of();
  }

  /** Gives a file, or a folder with what is in it, to a worker's owner, for whom it is then. */
  public void give(String worker, Path place, String permissions) throws IOException {
    give(place, owner(worker));
    Files.setPosixFilePermissions(place, PosixFilePermissions.fromString(permissions));
  }

  /** Gives a folder to the user of Spark. */
  public void giveRelay(Path folder) throws IOException {
    give(folder, relay());
  }

  private void give(Path place, String user) throws IOException {
    if (!areMany) {
      return;
    }
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.toList()) {
        Files.getFileAttributeView(file, PosixFileAttributeView.class)
            .setOwner(
                file.getFileSystem().getUserPrincipalLookupService().lookupPrincipalByName(user));
      }
    }
  }
}
