package io.sparkfed.secure.keys;

import io.sparkfed.secure.crypto.Kdf;
import io.sparkfed.wire.ProtocolException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/**
 * A journal in a folder: the file {@code log}, with a line for each vector that left and each sum
 * that was opened, forced to disk before an answer leaves, and a file with the secret of each run
 * that has not ended, for a week at most. Processes of one host take turns by a lock on the log.
 *
 * <p>Each line ends with a hash over itself and the one before: a journal that was changed answers
 * nothing. A line that a crash cut short is taken away again: what it was to record has not left.
 */
final class FolderJournal implements Journal {
  static final String LOG = "log";
  private static final String SECRET = "run-";

  /** A run that goes on after its secret is gone has other keys: its workers send new cards. */
  private static final Duration KEPT = Duration.ofDays(7);

  /** The lock of a file is a process's; threads take turns by these. */
  private static final Map<Path, Object> TURNS = new ConcurrentHashMap<>();

  private final Path folder;
  private final Limits limits;
  private final Disk disk;
  private final Object turn;
  private Remembered remembered;
  private JournalChain chain = new JournalChain();
  private long read;

  /** The last of what was read, with its end of line; empty before. */
  private byte[] lastLine = new byte[0];

  /** Whether the folder is on disk with the log in it. */
  private boolean isForced;

  /**
   * Refers to a journal.
   *
   * @param folder created when first needed
   */
  FolderJournal(Path folder, Limits limits) {
    this(folder, limits, file -> file.force(true));
  }

  /**
   * Refers to a journal.
   *
   * @param disk what it is written to
   */
  FolderJournal(Path folder, Limits limits, Disk disk) {
    this.folder = folder;
    this.limits = limits;
    this.disk = disk;
    this.turn = TURNS.computeIfAbsent(folder.toAbsolutePath().normalize(), path -> new Object());
    this.remembered = new Remembered(limits);
  }

  /** What keeps files when the power fails. */
  interface Disk {
    /** Returns once all that was written to a file is kept. */
    void force(FileChannel file) throws IOException;
  }

  /** Work on the open log. */
  private interface Work<T> {
    T with(FileChannel log) throws IOException;
  }

  @Override
  public void send(byte[] session, Sent sent) {
    inTurn(log -> kept(log, remembered.isNew(session, sent), JournalLine.of(session, sent)));
  }

  @Override
  public Optional<Sent> sent(byte[] session) {
    return inTurn(log -> Optional.ofNullable(remembered.sent(session)));
  }

  @Override
  public void answer(byte[] session, Answer answer) {
    inTurn(log -> kept(log, remembered.isNew(session, answer), JournalLine.of(session, answer)));
  }

  @Override
  public void ask(byte[] subject, byte[] grid, String told) {
    inTurn(
        log -> {
          if (remembered.isNewQuestion(subject, grid)) {
            // Forced to disk with the line of what leaves for it: before, nothing has left.
            write(log, JournalLine.ofQuestion(subject, grid, told), file -> {});
          }
          return null;
        });
  }

  @Override
  public void use(RowSets rows, int leastDifference) {
    inTurn(log -> kept(log, remembered.isNew(rows, leastDifference), JournalLine.of(rows)));
  }

  @Override
  public void run(byte[] study, byte[] runId) {
    LocalDate today = LocalDate.now(ZoneOffset.UTC);
    inTurn(
        log ->
            kept(
                log,
                remembered.runs().isNew(study, runId, today),
                JournalLine.ofRun(study, runId, today)));
  }

  @Override
  public void propose(byte[] study, byte[] signed) {
    inTurn(log -> kept(log, true, JournalLine.ofProposal(study, signed)));
  }

  @Override
  public void decide(byte[] study, Decision decision) {
    inTurn(log -> kept(log, true, JournalLine.of(study, decision)));
  }

  @Override
  public List<Proposal> proposals() {
    return inTurn(log -> remembered.runs().proposals());
  }

  @Override
  public Optional<Proposal> proposal(byte[] study) {
    return inTurn(log -> remembered.runs().proposal(study));
  }

  @Override
  public void charge(Charge charge, Budget budget) {
    inTurn(
        log ->
            kept(
                log,
                remembered.spent().isNew(charge, budget),
                JournalLine.of(budget.data(), charge)));
  }

  @Override
  public void accept(byte[] study, LocalDate until) {
    inTurn(
        log -> kept(log, !remembered.isAccepted(study, until), JournalLine.ofStudy(study, until)));
  }

  @Override
  public LocalDate today() {
    return inTurn(log -> remembered.later(LocalDate.now(ZoneOffset.UTC)));
  }

  @Override
  public boolean isAccepted(byte[] study, LocalDate today) {
    return inTurn(log -> remembered.isAccepted(study, today));
  }

  @Override
  public byte[] secretOf(byte[] runId) {
    Path file = secretFile(runId);
    try {
      return secret(file);
    } catch (NoSuchFileException e) {
      return inTurn(log -> Files.exists(file) ? secret(file) : drawn(file));
    } catch (IOException e) {
      throw new ProtocolException("a run's secret in the owner's journal can't be read");
    }
  }

  private static byte[] secret(Path file) throws IOException {
    byte[] secret = Files.readAllBytes(file);
    if (secret.length != Kdf.LENGTH) {
      throw new ProtocolException("a run's secret in the owner's journal must be whole");
    }
    return secret;
  }

  /** What is not new may not have come to the disk: the attempt that wrote it may be on its way. */
  private Void kept(FileChannel log, boolean isNew, JournalLine line) throws IOException {
    if (isNew) {
      append(log, line);
    } else {
      disk.force(log);
    }
    return null;
  }

  @Override
  public Optional<byte[]> end(byte[] runId) {
    return inTurn(
        log -> {
          Path secret = secretFile(runId);
          if (Files.exists(secret)) {
            try {
              if (remembered.ended(runId).isEmpty()) {
                append(log, JournalLine.ofEnd(runId, Kdf.fresh()));
              }
            } finally {
              // Where the disk has no room for a line either.
              Files.deleteIfExists(secret);
              forceFolder();
            }
          }
          return remembered.ended(runId);
        });
  }

  /** Not every run ends as it should. */
  private void forgetOld() throws IOException {
    FileTime oldest = FileTime.from(Instant.now().minus(KEPT));
    try (DirectoryStream<Path> secrets = Files.newDirectoryStream(folder, SECRET + "*")) {
      for (Path secret : secrets) {
        if (Files.getLastModifiedTime(secret).compareTo(oldest) < 0) {
          Files.deleteIfExists(secret);
        }
      }
    }
  }

  private Path secretFile(byte[] runId) {
    return folder.resolve(SECRET + MemoryJournal.nameOf(runId));
  }

  private byte[] drawn(Path file) throws IOException {
    forgetOld();
    byte[] secret = Kdf.fresh();
    Path begun = folder.resolve(file.getFileName() + ".begun");
    Files.deleteIfExists(begun);
    Files.createFile(begun);
    if (begun.getFileSystem().supportedFileAttributeViews().contains("posix")) {
      Files.setPosixFilePermissions(begun, PosixFilePermissions.fromString("rw-------"));
    }
    try (FileChannel out = FileChannel.open(begun, StandardOpenOption.WRITE)) {
      out.write(ByteBuffer.wrap(secret));
      out.force(true);
    }
    Files.move(begun, file, StandardCopyOption.ATOMIC_MOVE);
    forceFolder();
    return secret;
  }

  private <T> T inTurn(Work<T> work) {
    synchronized (turn) {
      try {
        Files.createDirectories(folder);
        try (FileChannel log =
            FileChannel.open(
                folder.resolve(LOG),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE)) {
          log.lock();
          readOn(log);
          return work.with(log);
        }
      } catch (IOException e) {
        throw new JournalException(folder.resolve(LOG), e);
      }
    }
  }

  /** Reads what was added since, by whomever, and takes away a line that was cut short. */
  private void readOn(FileChannel log) throws IOException {
    if (log.size() == 0) {
      // Moved aside by its owner, who begins anew.
      startAnew();
    }
    requireKept(log);
    ByteBuffer bytes = ByteBuffer.allocate(Math.toIntExact(log.size() - read));
    while (bytes.hasRemaining() && log.read(bytes, read + bytes.position()) >= 0) {
      // Until all is here.
    }
    String text = new String(bytes.array(), 0, bytes.position(), StandardCharsets.US_ASCII);
    int whole = text.lastIndexOf('\n') + 1;
    try {
      text.substring(0, whole).lines().forEach(line -> remember(chain.follow(line)));
    } catch (ProtocolException e) {
      startAnew();
      throw e;
    }
    readUntil(read + whole, text.substring(0, whole));
    if (whole < text.length()) {
      log.truncate(read);
    }
  }

  /** What this has read last is still there, or else lines were taken away or changed meanwhile. */
  private void requireKept(FileChannel log) throws IOException {
    ByteBuffer there = ByteBuffer.allocate(lastLine.length);
    while (there.hasRemaining()
        && log.read(there, read - lastLine.length + there.position()) >= 0) {
      // Until all is here.
    }
    if (there.hasRemaining() || !Arrays.equals(there.array(), lastLine)) {
      throw new ProtocolException(
          "lines of the owner's journal were taken away or changed; put a copy back, or move the"
              + " journal aside");
    }
  }

  private void readUntil(long end, String lines) {
    read = end;
    int from = lines.lastIndexOf('\n', lines.length() - 2) + 1;
    if (!lines.isEmpty()) {
      lastLine = lines.substring(from).getBytes(StandardCharsets.US_ASCII);
    }
  }

  private void startAnew() {
    read = 0;
    lastLine = new byte[0];
    remembered = new Remembered(limits);
    chain = new JournalChain();
  }

  private void append(FileChannel log, JournalLine line) throws IOException {
    write(log, line, disk);
    if (!isForced) {
      forceFolder();
      isForced = true;
    }
  }

  private void write(FileChannel log, JournalLine line, Disk kept) throws IOException {
    String timed = Instant.now().truncatedTo(ChronoUnit.SECONDS) + " " + line.text();
    String chained = chain.chained(timed);
    ByteBuffer bytes = ByteBuffer.wrap((chained + "\n").getBytes(StandardCharsets.US_ASCII));
    long at = read;
    try {
      while (bytes.hasRemaining()) {
        at += log.write(bytes, at);
      }
      kept.force(log);
    } catch (IOException e) {
      takeBack(log, e);
      throw e;
    }
    readUntil(at, chained + "\n");
    chain.follow(chained);
    remember(timed);
  }

  /**
   * What may not be kept counts for nothing: if it were remembered, what it is to be kept for would
   * leave when it is tried again. Where it can't be taken back, it is read again, and forced.
   */
  private void takeBack(FileChannel log, IOException cause) {
    try {
      log.truncate(read);
    } catch (IOException e) {
      cause.addSuppressed(e);
    }
  }

  private void remember(String timed) {
    remembered.at(JournalLine.time(timed));
    remembered.atHash(chain.bytes());
    JournalLine.parse(timed).addTo(remembered);
  }

  private void forceFolder() throws IOException {
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
  }
}
