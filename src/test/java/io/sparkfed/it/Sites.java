package io.sparkfed.it;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;

/**
 * Hosts of several owners on one machine: each has a network namespace of its own on a common
 * bridge, and mounts of its own, in which it sees its own folder where the others see theirs. The
 * machine itself, where the driver runs, sees that place empty.
 */
public final class Sites implements AutoCloseable {
  private final String name;
  private final String network;
  private final Path place;
  private final Path owned;
  private final int count;
  private final Thread endOnExit = new Thread(this::end, "take the sites away");

  /**
   * Makes sites.
   *
   * @param folder for their files
   * @param count how many
   */
  public Sites(Path folder, int count) throws Exception {
    long pid = ProcessHandle.current().pid();
    this.name = "sf" + pid % 1_000_000;
    this.network = "10." + (100 + pid % 100) + "." + pid / 100 % 250 + ".";
    this.place = Files.createDirectories(folder.resolve("site"));
    this.owned = Files.createDirectories(folder.resolve("owned"));
    this.count = count;
    Runtime.getRuntime().addShutdownHook(endOnExit);
    try {
      run("ip", "link", "add", name, "type", "bridge");
      run("ip", "addr", "add", driverHost() + "/24", "dev", name);
      run("ip", "link", "set", name, "up");
      for (int k = 1; k <= count; k++) {
        Files.createDirectories(own(k));
        String inner = name + "i" + k;
        run("ip", "netns", "add", name + k);
        run("ip", "link", "add", name + "o" + k, "type", "veth", "peer", "name", inner);
        run("ip", "link", "set", name + "o" + k, "master", name, "up");
        run("ip", "link", "set", inner, "netns", name + k);
        run("ip", "-n", name + k, "addr", "add", host(k) + "/24", "dev", inner);
        run("ip", "-n", name + k, "link", "set", inner, "up");
        run("ip", "-n", name + k, "link", "set", "lo", "up");
      }
    } catch (Exception | Error e) {
      end();
      throw e;
    }
  }

  /** Returns why there can be none on this machine; empty when there can. */
  public static Optional<String> whyNone() {
    String probe = "sfp" + ProcessHandle.current().pid() % 1_000_000;
    try {
      run("unshare", "-m", "true");
      run("ip", "netns", "add", probe);
      run("ip", "netns", "exec", probe, "unshare", "-m", "mount", "-t", "tmpfs", "none", "/mnt");
      run("ip", "link", "add", probe, "type", "bridge");
      return Optional.empty();
    } catch (Exception e) {
      return Optional.of("sites need root, and ip and unshare of Linux: " + e.getMessage());
    } finally {
      tryTo("ip", "link", "del", probe);
      tryTo("ip", "netns", "del", probe);
    }
  }

  /** Returns the machine's own address, for the driver and the master. */
  public String driverHost() {
    return network + "254";
  }

  /** Returns the address of a site, from 1. */
  public String host(int site) {
    return network + site;
  }

  /** Returns where each site sees its own files, and nobody those of another. */
  public Path place() {
    return place;
  }

  /** Returns where a site's files are put, before it begins. */
  public Path own(int site) {
    return owned.resolve("site-" + site);
  }

  /** Returns a cluster's node at each site, whose executors carry {@code site-} and its number. */
  public List<StandaloneCluster.Node> nodes() {
    List<StandaloneCluster.Node> nodes = new ArrayList<>();
    for (int k = 1; k <= count; k++) {
      List<String> prefix = new ArrayList<>(inside(k));
      prefix.addAll(List.of("env", "SPARKFED_SITE=site-" + k));
      nodes.add(new StandaloneCluster.Node(host(k), prefix));
    }
    return nodes;
  }

  /** Returns the command that runs another at a site. */
  private List<String> inside(int site) {
    String mounts =
        "set -e; mount --bind \"$1\" \"$2\"; mount -t tmpfs none \"$3\"; shift 3; exec \"$@\"";
    return List.of(
        "ip",
        "netns",
        "exec",
        name + site,
        "unshare",
        "-m",
        "bash",
        "-c",
        mounts,
        "site",
        own(site).toString(),
        place.toString(),
        owned.toString());
  }

  /** Returns whether a path exists at a site. */
  public boolean exists(int site, Path path) throws Exception {
    List<String> command = new ArrayList<>(inside(site));
    command.addAll(List.of("test", "-e", path.toString()));
    Process test = new ProcessBuilder(command).start();
    return test.waitFor(10, TimeUnit.SECONDS) && test.exitValue() == 0;
  }

  private static void run(String... command) throws IOException, InterruptedException {
    File said = File.createTempFile("site", ".txt");
    try {
      Process process =
          new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(said).start();
      if (!process.waitFor(10, TimeUnit.SECONDS)) {
        process.destroyForcibly();
        throw new IOException(String.join(" ", command) + " does not end");
      }
      if (process.exitValue() != 0) {
        throw new IOException(
            String.join(" ", command) + ": " + Files.readString(said.toPath()).strip());
      }
    } finally {
      Files.delete(said.toPath());
    }
  }

  private static void tryTo(String... command) {
    try {
      run(command);
    } catch (IOException e) {
      // What isn't there can't be taken away.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  /** Takes the networks away. The mounts have gone with the processes that saw them. */
  @Override
  public void close() {
    end();
    Runtime.getRuntime().removeShutdownHook(endOnExit);
  }

  private void end() {
    for (int k = 1; k <= count; k++) {
      tryTo("ip", "link", "del", name + "o" + k);
      tryTo("ip", "netns", "del", name + k);
    }
    tryTo("ip", "link", "del", name);
  }
}
