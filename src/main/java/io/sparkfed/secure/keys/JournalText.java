package io.sparkfed.secure.keys;

import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * An owner's journal in plain words.
 *
 * @param lines one for each entry: its time, and what it records
 * @param hash of the last entry, in hexadecimal: with an earlier one it tells whether lines are
 *     missing
 * @param broken why the rest can't be read; empty where it can
 */
public record JournalText(List<String> lines, String hash, Optional<String> broken) {

  /**
   * Reads a journal.
   *
   * @param folder the owner's folder
   * @throws IOException if it can't be read
   */
  public static JournalText of(Path folder) throws IOException {
    List<String> lines = new ArrayList<>();
    Map<String, String> told = new HashMap<>();
    JournalChain chain = new JournalChain();
    try {
      for (String line : written(folder)) {
        String whole = chain.follow(line);
        JournalLine entry = JournalLine.parse(whole);
        lines.add(
            whole.substring(0, whole.indexOf(' '))
                + "  "
                + entry.words(told)
                + (entry.isEnd() ? chain.hash() : ""));
      }
      return new JournalText(lines, chain.hash(), Optional.empty());
    } catch (ProtocolException e) {
      return new JournalText(lines, chain.hash(), Optional.of(e.getMessage()));
    }
  }

  /** A line that is being written, or was cut short, has no end. */
  static List<String> written(Path folder) throws IOException {
    try {
      String text =
          Files.readString(
              folder.resolve(KeyFolder.JOURNAL).resolve(FolderJournal.LOG),
              StandardCharsets.US_ASCII);
      return text.substring(0, text.lastIndexOf('\n') + 1).lines().toList();
    } catch (NoSuchFileException e) {
      return List.of();
    }
  }
}
