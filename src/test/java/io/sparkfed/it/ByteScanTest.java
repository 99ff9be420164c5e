package io.sparkfed.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The scan finds what is there, wherever it lies, and nothing else. */
class ByteScanTest {
  @TempDir private Path folder;

  private final ByteScan scan = new ByteScan();

  private void write(String name, int before, byte[] what, int after) throws Exception {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    byte[] noise = new byte[before + after];
    new Random(1).nextBytes(noise);
    out.write(noise, 0, before);
    out.write(what);
    out.write(noise, before, after);
    Files.write(Files.createDirectories(folder).resolve(name), out.toByteArray());
  }

  @Test
  void found_anywhereInAFile_isTold() throws Exception {
    byte[] form = "0.1234567890".getBytes(StandardCharsets.UTF_8);
    scan.add("there", Set.of("0.1234567890", "bytes\u0001\u00ff\u0000\u0080"));
    scan.add("not there", Set.of("0.1234567891"));
    int chunk = 1 << 20;
    for (int before :
        new int[] {0, 1, 7, chunk - 12, chunk - 11, chunk - 1, chunk, 2 * chunk - 5}) {
      write("file", before, form, 3);
      assertEquals(Set.of("there"), scan.found(folder), "behind " + before + " bytes");
    }
    write("file", chunk - 3, form, 0);
    assertEquals(Set.of("there"), scan.found(folder));
  }

  @Test
  void found_otherForms_areTold() throws Exception {
    scan.add("number", Set.of("0.1234567890", "bytes\u0001\u00ff\u0000\u0080"));
    write("raw", 10, "bytes\u0001\u00ff\u0000\u0080".getBytes(StandardCharsets.ISO_8859_1), 10);
    assertEquals(Set.of("number"), scan.found(folder));
    write("raw", 10, "0.1234567890".getBytes(StandardCharsets.UTF_16BE), 10);
    assertEquals(Set.of("number"), scan.found(folder));
    write("raw", 10, "0.1234567890".getBytes(StandardCharsets.UTF_16LE), 10);
    assertEquals(Set.of("number"), scan.found(folder));
  }

  @Test
  void found_cutOrChanged_isNothing() throws Exception {
    scan.add("number", Set.of("0.1234567890"));
    for (String other : new String[] {".1234567890", "0.123456789", "1.1234567890", "x"}) {
      write("file", 0, other.getBytes(StandardCharsets.UTF_8), 0);
      assertEquals(Set.of(), scan.found(folder), other);
    }
    assertThrows(IllegalArgumentException.class, () -> scan.add("short", Set.of("1234567")));
  }
}
