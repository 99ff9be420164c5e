package io.sparkfed.pages;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.sparkfed.config.ConfigLoader;
import io.sparkfed.config.KnownKeys;
import io.sparkfed.pages.Page.Block;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** README.md and the pages: links lead somewhere, keys exist, snippets compile or load. */
class PagesTest {
  private static final Path README = Path.of("README.md");
  private static final int MOST_LINES_OF_README = 220;
  private static final int MOST_WORDS_OF_A_PAGE = 2200;

  /** What is verified by this class, by others ({@code sh}: CommandsTest), or is no code. */
  private static final Set<String> LANGUAGES =
      Set.of("java", "scala", "python", "hocon", "sh", "text");

  private static final Pattern KEY =
      Pattern.compile(
          "(data|study|model|algorithm|aggregation|cluster|evaluation|output|checkpoint|predictions"
              + "|tracking)(\\.[a-z0-9-]+)+");
  private static final Pattern FILE = Pattern.compile("(conf|src|jobs)/[\\w./-]*\\w");

  @TempDir Path folder;

  static List<Page> pages() {
    return Page.all();
  }

  static List<Block> configurations() {
    return Page.blocksOf("hocon");
  }

  @ParameterizedTest
  @MethodSource("pages")
  void links_ofAPage_leadToFilesAndHeadings(Page page) throws IOException {
    for (String link : page.links()) {
      if (link.contains("://")) {
        continue;
      }
      String[] parts = link.split("#", 2);
      Path target =
          parts[0].isEmpty() ? page.file() : page.file().resolveSibling(parts[0]).normalize();
      assertTrue(Files.exists(target), () -> page + " links to " + link);
      if (parts.length == 2) {
        Page linked =
            pages().stream()
                .filter(other -> other.file().equals(target))
                .findFirst()
                .orElseThrow(() -> new AssertionError(page + " links into " + link));
        assertTrue(linked.anchors().contains(parts[1]), () -> page + " links to " + link);
      }
    }
  }

  @Test
  void readme_linksToEachPage() {
    Page readme = pages().get(0);

    Set<Path> linked =
        readme.links().stream().map(link -> Path.of(link)).collect(Collectors.toSet());
    for (Page page : pages()) {
      assertTrue(page.file().equals(README) || linked.contains(page.file()), page.toString());
    }
  }

  @Test
  void pages_areReadInASitting() throws IOException {
    int lines = Files.readAllLines(README).size();
    assertTrue(lines <= MOST_LINES_OF_README, "README.md has " + lines + " lines");
    for (Page page : pages()) {
      int words = Files.readString(page.file()).split("\\s+").length;
      assertTrue(words <= MOST_WORDS_OF_A_PAGE, () -> page + " has " + words + " words");
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void inlineCode_namesKeysAndFilesThatExist(Page page) {
    for (String code : page.inlineCode()) {
      KEY.matcher(code)
          .results()
          .filter(key -> key.start() == 0)
          .forEach(key -> KnownKeys.under(key.group()));
      FILE.matcher(code)
          .results()
          .filter(file -> file.start() == 0)
          .forEach(
              file -> assertTrue(Files.exists(Path.of(file.group())), () -> page + ": " + code));
    }
  }

  @ParameterizedTest
  @MethodSource("pages")
  void blocks_areInALanguageThatIsVerified(Page page) {
    for (Block block : page.blocks()) {
      assertTrue(LANGUAGES.contains(block.language()), () -> block + " " + block.language());
    }
  }

  /** A snippet about something else than rows gets some. */
  @ParameterizedTest
  @MethodSource("configurations")
  void configurations_load(Block block) throws IOException {
    Config snippet = ConfigFactory.parseString(block.text());
    StringBuilder text = new StringBuilder(block.text());
    if (Stream.of("data.workers", "data.path", "data.synthetic").noneMatch(snippet::hasPath)) {
      text.append("\ndata { path = \"rows.csv\", worker-column = \"owner\" }");
    }
    if (Stream.of("data.feature-columns", "data.features-column", "data.formula")
        .noneMatch(snippet::hasPath)) {
      text.append("\ndata.feature-columns = [a, b]");
    }
    Path file = Files.writeString(folder.resolve("snippet.conf"), text);

    ConfigLoader.load(file, Map.of(), List.of());
  }

  @Test
  void java_compiles() throws IOException {
    assertFalse(JavaSnippets.compiled(folder).blocks().isEmpty());
  }
}
