package io.sparkfed.secure.keys;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.io.TempDir;

/** Tests that break the folders of three owners, each a copy of its own. */
abstract class WithThreeOwners {
  @TempDir static Path made;
  private static ThreeOwners fresh;

  @TempDir Path temporary;
  ThreeOwners owners;

  @BeforeAll
  static void makeFolders() throws IOException {
    fresh = ThreeOwners.make(made);
  }

  @BeforeEach
  void copyFolders() throws IOException {
    owners = fresh.copy(temporary.resolve("keys"));
  }
}
