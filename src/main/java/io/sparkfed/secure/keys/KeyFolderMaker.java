package io.sparkfed.secure.keys;

import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/** Makes a data owner's folder, with the JDK's own {@code keytool}. See {@link KeyFolder}. */
public final class KeyFolderMaker {
  /** The worker's line for the roster, to be sent to whoever puts the roster together. */
  public static final String CARD = "card";

  private static final String DEFAULT_POLICY =
      """
      # What this owner allows, whatever the driver asks for. Only this file counts.
      # Least number of workers in a sum.
      min-workers = 3
      # Workers, comma-separated, that must be in each sum: without any of them it is refused. None unless set.
      # required-workers =
      # Least number of workers that must agree to unmask.
      min-threshold = 2
      # Most words of a vector.
      max-dimension = 16777216
      # What part of a cohort may work together with the driver, in [0, 0.33].
      corrupted = 0.1
      # Most different questions in one run, by the owner's own count: each round is one, and so is each
      # sum before and after the rounds.
      max-rounds = 1000
      # Most sums this owner ever takes part in; as many as it is asked for unless set.
      # max-sums =
      # Most runs in a day of UTC, by the owner's own count; as many as there are unless set. A training
      # is one, and so is an evaluation; one that is resumed is none.
      # max-runs-per-day =
      # For which cohorts one question is answered: one, for the first cohort alone, whatever the run, or
      # any. The difference of two cohorts' sums is the sum of who is in one of them.
      cohorts = one
      # Largest L2 norm of an update, in the units of the coefficients; longer ones are scaled down to
      # it. Where it is set, sums of rows' values are refused: exact fits, moments, warm starts,
      # imputation. Counts, weights, label sums and metrics are not bounded by it.
      # clip =
      # The aggregators that updates may be sealed to in the modes secure-worker and committee,
      # comma-separated: exactly these. None, so neither mode, unless set.
      # aggregators =
      # Differential privacy of all runs together: sums with noise are charged to this budget. With
      # dp.required, studies and sums without noise are refused.
      # dp.required = false
      # dp.epsilon = 4
      # dp.delta = 1e-6
      # Most of it for one run, and for what that asks again once it is resumed; all unless set.
      # dp.epsilon-per-run = 1
      # Of how many workers, this one too, it relies on the noise; with 1 it adds all by itself.
      # dp.honest-workers = 1
      # What the budget is for. A new name starts a new one.
      # dp.data = all
      # What may be asked of the rows: jobs/keys policy adds a data set. Anything unless set.
      # SHA-256 of the only jar that may run here; not checked unless set.
      # jar-sha256 =
      """;

  private static final Set<PosixFilePermission> OWNERS_FOLDER =
      PosixFilePermissions.fromString("rwx------");

  private static final Set<PosixFilePermission> OWNERS =
      PosixFilePermissions.fromString("rw-------");

  private KeyFolderMaker() {}

  /**
   * Makes {@code dir/worker} with fresh keys, a default policy and the worker's card.
   *
   * @return the folder
   * @throws FileAlreadyExistsException if it exists
   * @throws IOException if it can't be written or keytool fails
   * @throws ProtocolException if the id can't be on a roster
   */
  public static Path init(Path dir, String worker) throws IOException {
    RosterFile.requireId(worker);
    Files.createDirectories(dir);
    Path folder =
        Files.createDirectory(
            dir.resolve(worker), PosixFilePermissions.asFileAttribute(OWNERS_FOLDER));
    Files.createDirectory(
        folder.resolve(KeyFolder.JOURNAL), PosixFilePermissions.asFileAttribute(OWNERS_FOLDER));
    byte[] random = new byte[24];
    new SecureRandom().nextBytes(random);
    write(folder.resolve(KeyFolder.PASSWORD), Base64.getUrlEncoder().encodeToString(random) + "\n");
    keytool(folder, "-genkeypair", "identity", "Ed25519", "-dname", "CN=" + worker);
    keytool(folder, "-genseckey", "master", "AES", "-keysize", "256");
    Files.setPosixFilePermissions(folder.resolve(KeyFolder.STORE), OWNERS);
    write(folder.resolve(KeyFolder.POLICY), DEFAULT_POLICY);
    write(folder.resolve(CARD), RosterFile.line(worker, new KeyFolder(folder).keys()) + "\n");
    return folder;
  }

  /** Writes a file that nobody but its owner could read at any time. */
  private static void write(Path file, String text) throws IOException {
    if (!Files.exists(file)) {
      Files.createFile(file, PosixFilePermissions.asFileAttribute(OWNERS));
    }
    Files.writeString(file, text);
  }

  private static void keytool(
      Path folder, String command, String alias, String algorithm, String... more)
      throws IOException {
    List<String> line =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                // It lives for half a second: half as long if what runs once is compiled once.
                "-J-XX:TieredStopAtLevel=1",
                "-J-XX:+UseSerialGC",
                command,
                "-alias",
                alias,
                "-keyalg",
                algorithm,
                "-storetype",
                "PKCS12",
                "-keystore",
                folder.resolve(KeyFolder.STORE).toString(),
                "-storepass:file",
                folder.resolve(KeyFolder.PASSWORD).toString()));
    line.addAll(List.of(more));
    Process process = new ProcessBuilder(line).redirectErrorStream(true).start();
    process.getOutputStream().close();
    try {
      String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
      if (!process.waitFor(1, TimeUnit.MINUTES) || process.exitValue() != 0) {
        throw new IOException("keytool " + command + " failed: " + said.strip());
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("interrupted while keytool ran", e);
    }
  }

  /**
   * Puts a roster into an owner's folder and pins its hash in the owner's policy.
   *
   * @throws ProtocolException if the roster doesn't hold this owner's key for {@code worker}
   * @throws IOException if a file can't be read or written
   */
  public static void accept(Path folder, String worker, RosterFile roster) throws IOException {
    byte[] key = roster.publicKey(worker);
    byte[] own =
        RosterFile.parse(List.of(RosterFile.line(worker, new KeyFolder(folder).keys())))
            .publicKey(worker);
    if (!Arrays.equals(key, own)) {
      throw new ProtocolException("the roster must hold this owner's key for worker " + worker);
    }
    write(folder.resolve(KeyFolder.ROSTER), String.join("\n", roster.lines()) + "\n");
    Path policy = folder.resolve(KeyFolder.POLICY);
    List<String> lines = new ArrayList<>(Files.readAllLines(policy));
    lines.removeIf(line -> line.strip().startsWith("roster-sha256"));
    lines.add("roster-sha256 = " + HexFormat.of().formatHex(roster.hash()));
    Files.write(policy, lines);
  }
}
