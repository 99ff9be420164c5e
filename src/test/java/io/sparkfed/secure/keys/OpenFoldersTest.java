package io.sparkfed.secure.keys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Folders that others than their owner could read or change. */
class OpenFoldersTest {
  @TempDir private static Path dir;
  private static Path folder;
  private static RosterFile roster;

  @BeforeAll
  static void makeFolder() throws IOException {
    folder = KeyFolderMaker.init(dir, "a");
    roster = RosterFile.parse(Files.readAllLines(folder.resolve(KeyFolderMaker.CARD)));
    KeyFolderMaker.accept(folder, "a", roster);
    new KeyFolder(folder).open("a");
  }

  @ParameterizedTest
  @CsvSource({
    "'', rwxr-x---",
    "'', rwx--x---",
    "'', rwx---r-x",
    "'', rwx-w----",
    "keys.p12, rw-r-----",
    "keys.p12, rw----r--",
    "keys.p12, rw--w----",
    "password, rw-r-----",
    "password, rw-r--r--",
    "journal, rwxr-xr-x",
    "journal, rwx-wx---"
  })
  void open_secretsThatOthersCanReach_areRefused(String file, String permissions)
      throws IOException {
    refused(file, permissions, "must be its owner's alone (chmod go-rwx)");
  }

  @ParameterizedTest
  @CsvSource({
    "policy.properties, rw-rw----",
    "policy.properties, rw-r--rw-",
    "roster, rw--w----",
    "roster, rw-rw-rw-"
  })
  void open_rulesThatOthersCanChange_areRefused(String file, String permissions)
      throws IOException {
    refused(file, permissions, "must be for its owner alone to change (chmod go-w)");
  }

  /** The roster and the policy are no secrets. */
  @ParameterizedTest
  @CsvSource({"policy.properties, rw-r--r--", "roster, rw-r--r--", "keys.p12, r--------"})
  void open_readableRules_areTaken(String file, String permissions) throws IOException {
    String before = set(file, permissions);

    new KeyFolder(folder).open("a");

    set(file, before);
  }

  /** What an executor keeps is the owner's only as long as the folder is. */
  @Test
  void keyFolders_loosenedAfterItWasOpened_isRefused() throws IOException {
    KeyFolders folders = new KeyFolders(dir.toString(), roster.lines());
    Owner first = folders.open("a");
    first
        .journal()
        .send(new byte[32], new Sent(new byte[32], new byte[32], new byte[32], new byte[32]));
    assertEquals(first, folders.open("a"));

    for (String file : List.of("", KeyFolder.STORE, KeyFolder.JOURNAL)) {
      String before = set(file, "rwxr-x---");
      assertThrows(ProtocolException.class, () -> folders.open("a"), file);
      set(file, before);
    }
  }

  @Test
  void keys_ofALooseFolder_areNotReadForACardEither() throws IOException {
    String before = set(KeyFolder.PASSWORD, "rw-r--r--");

    assertThrows(ProtocolException.class, () -> new KeyFolder(folder).keys());
    assertThrows(ProtocolException.class, () -> KeyFolderMaker.accept(folder, "a", roster));

    set(KeyFolder.PASSWORD, before);
  }

  private static void refused(String file, String permissions, String rule) throws IOException {
    String before = set(file, permissions);
    String name = file.isEmpty() ? "a" : file;

    assertEquals(
        name + " " + rule + ". Provided value: " + permissions,
        assertThrows(ProtocolException.class, () -> new KeyFolder(folder).open("a")).getMessage());
    assertThrows(
        ProtocolException.class, () -> new KeyFolders(dir.toString(), roster.lines()).open("a"));

    set(file, before);
    new KeyFolder(folder).open("a");
  }

  /** Sets permissions, and returns those before. */
  private static String set(String file, String permissions) throws IOException {
    Path path = folder.resolve(file);
    String before = PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(permissions));
    return before;
  }
}
