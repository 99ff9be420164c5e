package io.sparkfed.config;

import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderClasspath;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigIncluderURL;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigSyntax;
import java.io.File;
import java.net.URL;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Reads the files that a configuration includes. A file that isn't there is an error: what it says,
 * such as a least number of workers, would be lost without a word. So are other things than files.
 *
 * <p>A relative name is looked for in the folder of the file that includes it; where the
 * configuration was copied, alone in a folder with what it includes, there.
 */
final class Includes
    implements ConfigIncluder, ConfigIncluderFile, ConfigIncluderURL, ConfigIncluderClasspath {
  private static final Pattern SCHEME = Pattern.compile("[A-Za-z][A-Za-z0-9+.-]+:.*");
  private static final List<String> ENDINGS = List.of(".conf", ".json", ".properties");

  /** The including files, outermost first. */
  private final List<Path> stack;

  private final boolean copied;
  private final List<Path> read;

  private Includes(List<Path> stack, boolean copied, List<Path> read) {
    this.stack = stack;
    this.copied = copied;
    this.read = read;
  }

  /**
   * Parses a file with what it includes.
   *
   * @param copied whether the file and what it includes were copied into one folder
   * @param read takes the included files
   * @throws ConfigurationException if something that is included isn't there, is no file, or
   *     includes itself
   */
  static ConfigObject parse(Path file, boolean copied, List<Path> read) {
    return new Includes(List.of(file), copied, read).parsed();
  }

  /** Returns options for text that stands in no file, and so can include none. */
  static ConfigParseOptions none() {
    return ConfigParseOptions.defaults().setIncluder(new Includes(List.of(), false, List.of()));
  }

  private ConfigObject parsed() {
    File file = last().toFile();
    boolean known = ENDINGS.stream().anyMatch(file.getName()::endsWith) && stack.size() > 1;
    return ConfigFactory.parseFile(
            file,
            ConfigParseOptions.defaults()
                .setSyntax(known ? null : ConfigSyntax.CONF)
                .setAllowMissing(false)
                .setIncluder(this))
        .root();
  }

  private Path last() {
    return stack.get(stack.size() - 1);
  }

  @Override
  public ConfigIncluder withFallback(ConfigIncluder fallback) {
    return this;
  }

  @Override
  public ConfigObject include(ConfigIncludeContext context, String what) {
    if (SCHEME.matcher(what).matches()) {
      throw refused("\"" + what + "\"");
    }
    return included(what);
  }

  @Override
  public ConfigObject includeFile(ConfigIncludeContext context, File what) {
    return included(what.getPath());
  }

  @Override
  public ConfigObject includeURL(ConfigIncludeContext context, URL what) {
    throw refused("url(\"" + what + "\")");
  }

  @Override
  public ConfigObject includeResources(ConfigIncludeContext context, String what) {
    throw refused("classpath(\"" + what + "\")");
  }

  private ConfigurationException refused(String what) {
    return new ConfigurationException(
        "include " + Secrets.redact("", what) + where() + ": only files can be included");
  }

  private String where() {
    return stack.isEmpty() ? "" : " (" + last() + ")";
  }

  private ConfigObject included(String what) {
    if (stack.isEmpty()) {
      throw new ConfigurationException(
          "include \"" + what + "\" needs a file: there is no folder to look in");
    }
    Path folder = last().toAbsolutePath().normalize().getParent();
    Path named = folder.resolve(what).normalize();
    List<Path> found = endings(named);
    if (found.isEmpty() && copied) {
      found = endings(folder.resolve(named.getFileName()));
    }
    if (found.isEmpty()) {
      throw new ConfigurationException(
          "include \"" + what + "\" (" + last() + "): file " + named + " does not exist");
    }
    return found.stream()
        .map(this::entered)
        .reduce((first, next) -> first.withFallback(next))
        .orElseThrow();
  }

  /** As HOCON has it: a name may lack its ending, and is then all of the files there are. */
  private static List<Path> endings(Path named) {
    if (Files.isRegularFile(named)) {
      return List.of(named);
    }
    return ENDINGS.stream()
        .map(ending -> named.resolveSibling(named.getFileName() + ending))
        .filter(Files::isRegularFile)
        .toList();
  }

  private ConfigObject entered(Path file) {
    List<Path> deeper = Stream.concat(stack.stream(), Stream.of(file)).toList();
    if (stack.stream().anyMatch(outer -> isSame(outer, file))) {
      throw new ConfigurationException(
          "a configuration must not include itself: "
              + String.join(" includes ", deeper.stream().map(Path::toString).toList()));
    }
    read.add(file);
    return new Includes(deeper, copied, read).parsed();
  }

  private static boolean isSame(Path one, Path other) {
    return Objects.equals(one.toAbsolutePath().normalize(), other.toAbsolutePath().normalize());
  }

  /** Returns a file and what it includes, each once. */
  static List<Path> filesOf(Path file, boolean copied) {
    List<Path> files = new ArrayList<>(List.of(file));
    parse(file, copied, files);
    return files.stream().map(one -> one.toAbsolutePath().normalize()).distinct().toList();
  }
}
