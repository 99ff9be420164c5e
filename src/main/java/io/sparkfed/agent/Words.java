package io.sparkfed.agent;

import java.nio.charset.StandardCharsets;

/** A few words that travel in a frame. */
final class Words {
  private static final int LONGEST = 200;

  private Words() {}

  static byte[] toBytes(String text) {
    return plain(text).getBytes(StandardCharsets.UTF_8);
  }

  /** What came from a peer is shown, so a terminal must not obey it. */
  static String of(byte[] bytes) {
    return plain(new String(bytes, StandardCharsets.UTF_8));
  }

  private static String plain(String text) {
    String shown = text.replaceAll("[\\p{Cc}\\p{Cf}\\p{Zl}\\p{Zp}]+", " ");
    return shown.length() <= LONGEST ? shown : shown.substring(0, LONGEST);
  }
}
