package io.sparkfed.recipe;

import io.sparkfed.config.ConfigurationException;
import io.sparkfed.model.PlainText;
import io.sparkfed.owner.QuestionPolicy;
import io.sparkfed.secure.keys.KeyFolder;
import io.sparkfed.secure.keys.KeyFolderMaker;
import io.sparkfed.secure.keys.Owner;
import io.sparkfed.secure.keys.RosterFile;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;

/** What a data owner does with its keys, for command lines. */
public final class OwnerKeys {
  private OwnerKeys() {}

  /**
   * Makes an owner's folder.
   *
   * @return the card to send to whoever puts the roster together
   * @throws ConfigurationException if the folder would not lie in {@code dir}, or the id can't be
   *     on a roster
   * @throws IOException if the folder exists or can't be written
   */
  public static Path init(Path dir, String worker) throws IOException {
    Path folder = dir.toAbsolutePath().resolve(worker).normalize();
    if (!dir.toAbsolutePath().normalize().equals(folder.getParent())) {
      throw new ConfigurationException(
          "a worker's id must name a folder in DIR. Provided value: " + worker);
    }
    try {
      return KeyFolderMaker.init(dir, PlainText.of(worker)).resolve(KeyFolderMaker.CARD);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          dir.resolve(PlainText.of(worker)) + " exists already; keys are never overwritten", e);
    } catch (ProtocolException e) {
      throw new ConfigurationException(e.getMessage() + ". Provided value: " + worker, e);
    }
  }

  /**
   * Puts cards together.
   *
   * @return the roster's hash in hexadecimal
   * @throws ConfigurationException if a card is missing, malformed or comes twice
   * @throws IOException if the roster exists or can't be written
   */
  public static String roster(List<Path> cards, Path output) throws IOException {
    List<String> lines = new ArrayList<>();
    for (Path card : cards) {
      lines.addAll(lines(card));
    }
    RosterFile roster = parse(lines, "the cards");
    try {
      Files.write(output, roster.lines(), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    } catch (FileAlreadyExistsException e) {
      throw new IOException(
          output + " exists already; a roster is written over nothing: choose another --output", e);
    }
    return HexFormat.of().formatHex(roster.hash());
  }

  /**
   * Pins a roster in an owner's folder.
   *
   * @return the roster's hash in hexadecimal
   * @throws ConfigurationException if the roster is not the owner's
   * @throws IOException if the folder can't be written
   */
  public static String accept(Path dir, String worker, Path rosterFile) throws IOException {
    RosterFile roster = parse(lines(rosterFile), rosterFile.toString());
    try {
      String id = PlainText.of(worker);
      KeyFolderMaker.accept(dir.resolve(id), id, roster);
    } catch (ProtocolException e) {
      throw new ConfigurationException(rosterFile + ": " + e.getMessage(), e);
    }
    return HexFormat.of().formatHex(roster.hash());
  }

  /**
   * Opens an owner's folder.
   *
   * @return what it holds, in a few words
   * @throws ConfigurationException if it is not whole
   */
  public static String verify(Path dir, String worker) {
    String id = PlainText.of(worker);
    try {
      Owner owner = new KeyFolder(dir.resolve(id)).open(id);
      QuestionPolicy.of(owner.questions());
      return "sums over at least "
          + owner.policy().minWorkers()
          + " workers, roster "
          + HexFormat.of().formatHex(owner.roster().hash());
    } catch (ProtocolException e) {
      throw new ConfigurationException(dir.resolve(id) + ": " + e.getMessage(), e);
    }
  }

  private static List<String> lines(Path file) throws IOException {
    try {
      return Files.readAllLines(file);
    } catch (NoSuchFileException e) {
      throw new ConfigurationException(file + " does not exist", e);
    }
  }

  private static RosterFile parse(List<String> lines, String source) {
    try {
      return RosterFile.parse(lines);
    } catch (ProtocolException e) {
      throw new ConfigurationException(source + ": " + e.getMessage(), e);
    }
  }
}
