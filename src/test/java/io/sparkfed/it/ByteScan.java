package io.sparkfed.it;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Looks for many byte strings in files of any size, in one pass. A form of at least 8 bytes is
 * found by its last 8, then compared whole; texts are looked for in UTF-8 and in UTF-16 of both
 * orders.
 */
public final class ByteScan {
  private static final int CHUNK = 1 << 20;
  private static final int FILTER_BITS = 22;
  private static final int LONGEST = 64;

  private final Map<Long, List<Form>> byTail = new HashMap<>();
  private final BitSet filter = new BitSet(1 << FILTER_BITS);

  /** A way to write a number. */
  private record Form(String number, byte[] bytes) {}

  /**
   * Adds a number.
   *
   * @param number its name among what is found
   * @param forms its forms, each a text whose characters are bytes
   */
  public void add(String number, Set<String> forms) {
    for (String form : forms) {
      add(number, form.getBytes(StandardCharsets.ISO_8859_1));
      if (form.chars().allMatch(c -> c >= ' ' && c <= '~')) {
        add(number, form.getBytes(StandardCharsets.UTF_16BE));
        add(number, form.getBytes(StandardCharsets.UTF_16LE));
      }
    }
  }

  private void add(String number, byte[] bytes) {
    if (bytes.length < Long.BYTES || bytes.length > LONGEST) {
      throw new IllegalArgumentException("a form must have 8 to 64 bytes: " + bytes.length);
    }
    long tail = 0;
    for (int i = bytes.length - Long.BYTES; i < bytes.length; i++) {
      tail = tail << 8 | (bytes[i] & 0xff);
    }
    byTail.computeIfAbsent(tail, t -> new ArrayList<>()).add(new Form(number, bytes));
    filter.set(slot(tail));
  }

  private static int slot(long word) {
    return (int) ((word * 0x9E3779B97F4A7C15L) >>> (Long.SIZE - FILTER_BITS));
  }

  /** Returns the numbers of which a form is in a file, or in a file below a folder. */
  public Set<String> found(Path place) throws IOException {
    Set<String> found = new HashSet<>();
    try (Stream<Path> files = Files.walk(place)) {
      for (Path file : files.filter(Files::isRegularFile).toList()) {
        scan(file, found);
      }
    }
    return found;
  }

  private void scan(Path file, Set<String> found) throws IOException {
    // The end of the last chunk stays in front of the next.
    byte[] buffer = new byte[LONGEST + CHUNK];
    long word = 0;
    long read = 0;
    try (InputStream in = Files.newInputStream(file)) {
      for (int n = in.read(buffer, LONGEST, CHUNK); n >= 0; n = in.read(buffer, LONGEST, CHUNK)) {
        for (int i = LONGEST; i < LONGEST + n; i++) {
          word = word << 8 | (buffer[i] & 0xff);
          if (filter.get(slot(word))) {
            check(buffer, i + 1, read + i + 1 - LONGEST, byTail.get(word), found);
          }
        }
        read += n;
        System.arraycopy(buffer, n, buffer, 0, LONGEST);
      }
    }
  }

  private static void check(
      byte[] buffer, int end, long inFile, List<Form> forms, Set<String> found) {
    if (forms == null) {
      return;
    }
    for (Form form : forms) {
      int length = form.bytes().length;
      if (length <= inFile && Arrays.equals(buffer, end - length, end, form.bytes(), 0, length)) {
        found.add(form.number());
      }
    }
  }
}
