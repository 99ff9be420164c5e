package io.sparkfed.jobs;

import io.sparkfed.model.ShownText;

/** What jobs print that are no training: nothing in it can make a terminal do anything. */
final class Terminal {
  private Terminal() {}

  /** Prints a line on the process's output. */
  static void line(String text) {
    System.out.println(ShownText.line(text));
  }

  /** Prints each line of a text on the process's output. */
  static void lines(String text) {
    text.lines().forEach(Terminal::line);
  }

  /** Prints a warning on the process's error output. */
  static void warning(String text) {
    System.err.println(ShownText.line("warning: " + text));
  }
}
