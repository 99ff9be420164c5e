package io.sparkfed.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The keys of a configuration with their comments and defaults, as {@code reference.conf} has them.
 */
public final class KnownKeys {
  private static final Pattern ENTRY = Pattern.compile("(\\s*)([a-z0-9.-]+)(\\s*)([={].*)");

  private final List<String> lines;
  private final List<Entry> entries = new ArrayList<>();

  /**
   * A key or a section.
   *
   * @param comment lines above it, or above the first of the keys that share them
   * @param line index of the line with its name
   * @param end index after its last line
   */
  public record Entry(String path, List<String> comment, int line, int end) {
    boolean isUnder(String prefix) {
      return path.startsWith(prefix + ".");
    }
  }

  private record Open(String path, List<String> comment, int line) {}

  private KnownKeys(String text) {
    lines = text.lines().toList();
    Deque<Open> open = new ArrayDeque<>();
    List<String> comment = List.of();
    boolean inComment = false;
    for (int i = 0; i < lines.size(); i++) {
      String line = lines.get(i).strip();
      boolean isComment = line.startsWith("#");
      if (isComment) {
        comment = inComment ? append(comment, line) : List.of(line);
      } else if (line.isEmpty()) {
        comment = List.of();
      } else if (line.equals("}")) {
        Open section = open.pop();
        entries.add(new Entry(section.path(), section.comment(), section.line(), i + 1));
        comment = List.of();
      } else {
        Matcher entry = ENTRY.matcher(lines.get(i));
        if (!entry.matches()) {
          throw new IllegalStateException("reference.conf, line " + (i + 1) + " is no entry");
        }
        String path = open.isEmpty() ? entry.group(2) : open.peek().path() + "." + entry.group(2);
        if (entry.group(4).equals("{")) {
          open.push(new Open(path, comment, i));
        } else {
          entries.add(new Entry(path, comment, i, i + 1));
        }
      }
      inComment = isComment;
    }
  }

  private static List<String> append(List<String> list, String last) {
    List<String> longer = new ArrayList<>(list);
    longer.add(last);
    return List.copyOf(longer);
  }

  /**
   * Returns the keys at and under a path, as a configuration with comments. A name of the user's
   * own, such as a worker's, stands for the section it is in.
   *
   * @param prefix a key or a section; empty for all
   * @throws ConfigurationException if there is neither; the message names the nearest
   */
  public static String under(String prefix) {
    String text = text();
    if (prefix.isEmpty()) {
      return text.stripTrailing();
    }
    String path =
        KeyPaths.FREE_SECTIONS.stream()
            .filter(section -> prefix.startsWith(section + "."))
            .findFirst()
            .orElse(prefix);
    Set<String> known = all();
    if (!known.contains(path)) {
      throw new ConfigurationException(
          "unknown key "
              + path
              + "; the nearest known key is "
              + NearestName.of(path, known).orElseThrow());
    }
    return new KnownKeys(text).show(path);
  }

  /** Returns the paths of all keys and sections. */
  static Set<String> all() {
    Config reference = ConfigFactory.parseString(text());
    Set<String> paths = new TreeSet<>();
    KeyPaths.collectPaths(reference.root(), new ArrayList<>(), paths);
    return paths;
  }

  private static String text() {
    try (InputStream file =
        Objects.requireNonNull(KnownKeys.class.getResourceAsStream("reference.conf"))) {
      return new String(file.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String show(String path) {
    return entries.stream()
        .filter(entry -> entry.path().equals(path))
        .findFirst()
        .map(this::show)
        .orElseGet(
            () ->
                entries.stream()
                    .filter(entry -> entry.isUnder(path))
                    .filter(entry -> entries.stream().noneMatch(e -> entry.isUnder(e.path())))
                    .map(this::show)
                    .collect(Collectors.joining("\n\n")));
  }

  private String show(Entry entry) {
    List<String> shown = new ArrayList<>(entry.comment());
    Matcher first = ENTRY.matcher(lines.get(entry.line()));
    first.matches();
    int indent = first.group(1).length();
    shown.add(entry.path() + first.group(3) + first.group(4));
    lines.subList(entry.line() + 1, entry.end()).stream()
        .map(line -> line.isEmpty() ? line : line.substring(indent))
        .forEach(shown::add);
    return String.join("\n", shown);
  }
}
