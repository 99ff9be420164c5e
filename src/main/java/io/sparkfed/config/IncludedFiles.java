package io.sparkfed.config;

import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigIncludeContext;
import com.typesafe.config.ConfigIncluder;
import com.typesafe.config.ConfigIncluderFile;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigParseable;
import com.typesafe.config.ConfigSyntax;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** Finds the files that a configuration file is made of. */
public final class IncludedFiles {
  private static final List<String> ENDINGS = List.of("", ".conf", ".json", ".properties");

  private IncludedFiles() {}

  /**
   * Returns the file and those that it includes, and that they include.
   *
   * @throws ConfigurationException if the file can't be read
   */
  public static List<Path> of(Path file) {
    Set<Path> files = new LinkedHashSet<>();
    files.add(file);
    try {
      ConfigFactory.parseFile(
          file.toFile(),
          ConfigParseOptions.defaults()
              .setSyntax(ConfigSyntax.CONF)
              .setIncluder(new Recorder(files, null)));
    } catch (ConfigException e) {
      throw new ConfigurationException("configuration can't be read: " + e.getMessage(), e);
    }
    return List.copyOf(files);
  }

  /** Notes what is included, and has the library's own includer include it. */
  private record Recorder(Set<Path> files, ConfigIncluder own)
      implements ConfigIncluder, ConfigIncluderFile {

    @Override
    public ConfigIncluder withFallback(ConfigIncluder fallback) {
      return new Recorder(files, own == null ? fallback : own.withFallback(fallback));
    }

    @Override
    public ConfigObject include(ConfigIncludeContext context, String what) {
      for (String ending : ENDINGS) {
        ConfigParseable there = context.relativeTo(what + ending);
        if (there != null && there.origin().filename() != null) {
          note(Path.of(there.origin().filename()));
        }
      }
      return own.include(context, what);
    }

    @Override
    public ConfigObject includeFile(ConfigIncludeContext context, File what) {
      note(what.toPath());
      return own instanceof ConfigIncluderFile ofFiles
          ? ofFiles.includeFile(context, what)
          : own.include(context, what.getPath());
    }

    private void note(Path file) {
      if (Files.isRegularFile(file)) {
        files.add(file);
      }
    }
  }
}
