package io.sparkfed.config;

import com.typesafe.config.ConfigObject;
import io.sparkfed.agent.AgentAddress;
import io.sparkfed.config.DataConfig.WorkerPaths;
import io.sparkfed.model.PlainText;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;

/**
 * Reads {@code data.workers}: {@code NAME = path}, or {@code NAME { path, hosts, agent }} with what
 * is the worker's own of csv. Other nested sections are names with dots.
 */
final class WorkersReader {
  static final String KEY = "data.workers";

  /** The key of a data set's name. */
  static final String DATASET = "data.dataset";

  /** What a worker can have of its own where its files are csv. */
  static final Set<String> CSV_KEYS = Set.of("options", "decimal", "missing-values", "columns");

  private static final String NAME = "[A-Za-z0-9_-]+";
  private static final String PATH = "path";
  private static final String HOSTS = "hosts";
  private static final String AGENT = "agent";
  private static final String RELAY_KEYS = "data.relay-keys";

  private final ConfigReader read;

  WorkersReader(ConfigReader read) {
    this.read = read;
  }

  WorkerPaths workers() {
    Map<String, String> paths = new LinkedHashMap<>();
    Map<String, List<String>> hosts = new LinkedHashMap<>();
    Map<String, AgentAddress> agents = new LinkedHashMap<>();
    Set<String> sections = sections(read);
    Optional<String> dataset = dataset();
    for (String name : sections) {
      paths.put(name, path(name, dataset));
      if (read.keysIn(key(name)).contains(HOSTS)) {
        hosts.put(name, hosts(name));
      }
      if (read.keysIn(key(name)).contains(AGENT)) {
        agents.put(name, agent(name, dataset));
      }
    }
    read.freeSection(KEY, sections)
        .forEach(
            (name, path) -> {
              if (dataset.isPresent()) {
                throw new ConfigurationException(
                    ConfigReader.under(KEY, name)
                        + " must be a section { hosts = [...] } or { agent = \"...\" } beside "
                        + DATASET
                        + ": the owner says where the rows are");
              }
              if (path.isBlank()) {
                throw new ConfigurationException(KEY + "." + name + " must not be blank");
              }
              paths.put(name, path);
            });
    requireAllOrNone(paths.keySet(), agents.keySet());
    return new WorkerPaths(byId(paths), byId(hosts), byId(agents), relayKeys(agents.values()));
  }

  /** At a TLS port a task shows a key, and the agent knows whose requests it takes. */
  private Optional<String> relayKeys(Collection<AgentAddress> agents) {
    Optional<String> folder = read.optionalString(RELAY_KEYS);
    boolean isNeeded = agents.stream().anyMatch(AgentAddress.TlsPort.class::isInstance);
    if (isNeeded && folder.isEmpty()) {
      throw new ConfigurationException(
          RELAY_KEYS + " must be set where an agent listens at tls:HOST:PORT");
    }
    if (!isNeeded && folder.isPresent()) {
      throw read.invalid(RELAY_KEYS, "is for agents at tls:HOST:PORT, and there is none");
    }
    return folder;
  }

  /** Rows that the driver's code reads are protected from others than rows that agents hold. */
  private static void requireAllOrNone(Set<String> workers, Set<String> agents) {
    Set<String> without = new TreeSet<>(workers);
    without.removeAll(agents);
    if (!agents.isEmpty() && !without.isEmpty()) {
      throw new ConfigurationException(
          KEY
              + " must have an agent for each worker, or for none. Without: "
              + String.join(", ", without));
    }
  }

  private AgentAddress agent(String name, Optional<String> dataset) {
    String key = key(name, AGENT);
    if (dataset.isEmpty()) {
      throw read.invalid(key, "needs " + DATASET + ": the owner says where the rows are");
    }
    try {
      return AgentAddress.parse(read.string(key));
    } catch (IllegalArgumentException e) {
      throw new ConfigurationException(key + ": " + e.getMessage(), e);
    }
  }

  private Optional<String> dataset() {
    Optional<String> dataset = read.optionalString(DATASET);
    if (dataset.isPresent() && !dataset.get().matches(NAME)) {
      throw read.invalid(DATASET, "must be a name of letters, digits, - and _");
    }
    return dataset;
  }

  /** A data set is where its owner says: the driver knows a name. */
  private String path(String name, Optional<String> dataset) {
    boolean hasPath = read.keysIn(key(name)).contains(PATH);
    if (dataset.isPresent() && hasPath) {
      throw read.invalid(key(name, PATH), "must not be set beside " + DATASET);
    }
    return dataset.isPresent() ? DataConfig.DATASET + dataset.get() : read.string(key(name, PATH));
  }

  /** A worker's id is its name as plain text, as in tables and paths. */
  private static <T> Map<String, T> byId(Map<String, T> byName) {
    Map<String, T> byId = new LinkedHashMap<>();
    byName.forEach(
        (name, value) -> {
          String id = PlainText.of(name);
          if (id.isEmpty()) {
            throw new ConfigurationException(KEY + " must not have a blank name");
          }
          if (byId.put(id, value) != null) {
            throw new ConfigurationException(
                KEY + " must name worker " + id + " once, whatever the spaces in its name");
          }
        });
    return Map.copyOf(byId);
  }

  /** Returns the names of the workers that are given by more than a path, sorted. */
  static Set<String> sections(ConfigReader read) {
    Set<String> sections = new TreeSet<>();
    if (read.value(KEY).orElse(null) instanceof ConfigObject all) {
      all.keySet().stream().filter(name -> isSection(read, name)).forEach(sections::add);
    }
    return sections;
  }

  /** A misspelled key beside {@code path} must not make it a worker without hosts. */
  private static boolean isSection(ConfigReader read, String name) {
    if (!(read.value(key(name)).orElse(null) instanceof ConfigObject worker)
        || !(worker.containsKey(PATH) || worker.containsKey(HOSTS) || worker.containsKey(AGENT))) {
      return false;
    }
    Set<String> known = new TreeSet<>(CSV_KEYS);
    known.addAll(List.of(PATH, HOSTS, AGENT));
    for (String given : read.keysIn(key(name))) {
      if (!known.contains(given)) {
        throw new ConfigurationException(
            "unknown key "
                + key(name, given)
                + "; the nearest known key is "
                + key(name, NearestName.of(given, known).orElse(PATH)));
      }
    }
    return true;
  }

  private List<String> hosts(String name) {
    List<String> hosts = read.strings(key(name, HOSTS)).stream().map(PlainText::of).toList();
    if (hosts.isEmpty() || hosts.contains("")) {
      throw read.invalid(key(name, HOSTS), "must be a list of at least one host");
    }
    return hosts;
  }

  private static String key(String... names) {
    return ConfigReader.under(KEY, names);
  }
}
