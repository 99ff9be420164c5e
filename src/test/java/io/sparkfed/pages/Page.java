package io.sparkfed.pages;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A page of the documentation: README.md or one of {@code src/site/markdown}.
 *
 * @param prose its lines without those of code blocks
 */
public record Page(Path file, List<String> prose, List<Block> blocks) {
  /** What a block says whose commands or code no test runs, in a comment of its own language. */
  public static final String NOT_RUN = "not run by the tests";

  private static final Pattern FENCE = Pattern.compile("\\s*```(\\w*)");
  private static final Pattern HEADING = Pattern.compile("#{1,6} +(.*)");
  private static final Pattern LINK = Pattern.compile("]\\(([^)]+)\\)");
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");

  /**
   * A block of code.
   *
   * @param line of the page, from 1, where its text begins
   */
  public record Block(Path page, int line, String language, String text) {
    /** Whether it says that no test runs it. */
    public boolean isMarked() {
      return text.lines().findFirst().orElse("").contains(NOT_RUN);
    }

    /** Returns the words of each command, without comments. */
    public List<List<String>> commands() {
      return text.replace("\\\n", " ")
          .lines()
          .map(command -> command.replaceFirst("(^|\\s+)#.*", "").strip())
          .filter(command -> !command.isEmpty())
          .map(command -> List.of(command.split("\\s+")))
          .toList();
    }

    @Override
    public String toString() {
      return page + ":" + line;
    }
  }

  /** Returns README.md and all pages beside it. */
  public static List<Page> all() {
    try (Stream<Path> files = Files.list(Path.of("src", "site", "markdown"))) {
      return Stream.concat(Stream.of(Path.of("README.md")), files.sorted())
          .map(Page::read)
          .toList();
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the blocks in one language of all pages. */
  public static List<Block> blocksOf(String language) {
    return all().stream()
        .flatMap(page -> page.blocks().stream())
        .filter(block -> block.language().equals(language))
        .toList();
  }

  /** Returns a page of {@code src/site/markdown} by its file's name. */
  public static Page named(String name) {
    return read(Path.of("src", "site", "markdown", name));
  }

  private static Page read(Path file) {
    List<String> prose = new ArrayList<>();
    List<Block> blocks = new ArrayList<>();
    List<String> lines = lines(file);
    for (int i = 0; i < lines.size(); i++) {
      Matcher fence = FENCE.matcher(lines.get(i));
      if (!fence.matches()) {
        prose.add(lines.get(i));
        continue;
      }
      int start = i + 1;
      do {
        i++;
      } while (!FENCE.matcher(lines.get(i)).matches());
      String text = String.join("\n", lines.subList(start, i)).stripIndent();
      blocks.add(new Block(file, start + 1, fence.group(1), text));
    }
    return new Page(file, List.copyOf(prose), List.copyOf(blocks));
  }

  private static List<String> lines(Path file) {
    try {
      return Files.readAllLines(file);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  /** Returns the targets of its links and pictures. */
  public List<String> links() {
    return LINK.matcher(String.join("\n", prose)).results().map(link -> link.group(1)).toList();
  }

  /** Returns what stands between backquotes. */
  public List<String> inlineCode() {
    return prose.stream()
        .flatMap(line -> CODE.matcher(line).results())
        .map(code -> code.group(1))
        .toList();
  }

  /** Returns the anchors of its headings, as forges make them. */
  public List<String> anchors() {
    return prose.stream()
        .map(HEADING::matcher)
        .filter(Matcher::matches)
        .map(heading -> heading.group(1).toLowerCase(Locale.ROOT))
        .map(title -> title.replaceAll("[^\\w\\- ]", "").replace(' ', '-'))
        .toList();
  }

  @Override
  public String toString() {
    return file.toString();
  }
}
