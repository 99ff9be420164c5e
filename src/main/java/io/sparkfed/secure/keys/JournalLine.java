package io.sparkfed.secure.keys;

import io.sparkfed.aggregate.RowPart;
import io.sparkfed.privacy.Zcdp;
import io.sparkfed.wire.ProtocolException;
import java.math.BigDecimal;
import java.net.URLDecoder;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * A line of an owner's journal: a word that says what it records, and its fields, in hexadecimal
 * but for names of workers, which are encoded as in an address of the web.
 */
final class JournalLine {
  private static final HexFormat HEX = HexFormat.of();
  private static final String ASKED = "asked";
  private static final String ACCEPTED = "accepted";
  private static final String ROWS = "rows";
  private static final String ENDED = "ended";
  private static final String PROPOSED = "proposed";
  private static final String APPROVED = "approved";
  private static final String DENIED = "denied";
  private static final String CHARGED = "charged";
  private static final String ANSWERED = "answered";

  /** What the line of a vector that left records. */
  static final String SENT = "sent";

  /** What the line of a run's beginning records. */
  static final String RUN = "run";

  private final String text;
  private final Consumer<Remembered> added;
  private final Function<Map<String, String>, String> words;

  private JournalLine(
      String text, Consumer<Remembered> added, Function<Map<String, String>, String> words) {
    this.text = text;
    this.added = added;
    this.words = words;
  }

  static JournalLine of(byte[] session, Sent sent) {
    return new JournalLine(
        String.join(
            " ",
            SENT,
            HEX.formatHex(session),
            HEX.formatHex(sent.runId()),
            HEX.formatHex(sent.context()),
            HEX.formatHex(sent.commitment()),
            HEX.formatHex(sent.subject())),
        remembered -> remembered.add(session, sent),
        told -> "sent, protected, its answer to " + told(told, sent.subject()));
  }

  static JournalLine of(byte[] session, Answer answer) {
    String cohort =
        new TreeSet<>(answer.cohort())
            .stream()
                .map(name -> URLEncoder.encode(name, StandardCharsets.UTF_8))
                .collect(Collectors.joining(","));
    return new JournalLine(
        String.join(
            " ",
            ANSWERED,
            HEX.formatHex(session),
            HEX.formatHex(answer.runId()),
            HEX.formatHex(answer.opening()),
            HEX.formatHex(answer.subject()),
            HEX.formatHex(answer.parties()),
            cohort),
        remembered -> remembered.add(session, answer),
        told ->
            "helped to open the sum over "
                + String.join(", ", new TreeSet<>(answer.cohort()))
                + " of "
                + told(told, answer.subject()));
  }

  static JournalLine ofQuestion(byte[] subject, byte[] grid, String text) {
    return new JournalLine(
        String.join(
            " ",
            ASKED,
            HEX.formatHex(subject),
            HEX.formatHex(grid),
            URLEncoder.encode(text, StandardCharsets.UTF_8)),
        remembered -> remembered.addGrid(subject, grid),
        told -> {
          told.put(HEX.formatHex(subject), text);
          return "heard of " + text;
        });
  }

  static JournalLine of(RowSets rows) {
    return new JournalLine(
        String.join(" ", ROWS, HEX.formatHex(rows.toBytes())),
        remembered -> remembered.add(rows),
        told ->
            "answers about rows that it didn't before: "
                + rows.train().rows()
                + " for training, "
                + rows.test().rows()
                + " to test, as they were "
                + rows.kind());
  }

  static JournalLine ofRun(byte[] study, byte[] runId, LocalDate day) {
    return new JournalLine(
        String.join(" ", RUN, HEX.formatHex(study), HEX.formatHex(runId), day.toString()),
        remembered -> remembered.runs().add(study, runId, day),
        told -> "a run of " + named(study) + " begins");
  }

  /**
   * The last line of a run, whose hash is told.
   *
   * @param fresh random: without it, who is told the hash could try what the lines before say
   */
  static JournalLine ofEnd(byte[] runId, byte[] fresh) {
    return new JournalLine(
        String.join(" ", ENDED, HEX.formatHex(runId), HEX.formatHex(fresh)),
        remembered -> remembered.end(runId),
        told -> "forgets the secrets of a run, and tells the analyst the hash of this line: ");
  }

  static JournalLine ofProposal(byte[] study, byte[] signed) {
    return new JournalLine(
        String.join(" ", PROPOSED, HEX.formatHex(study), HEX.formatHex(signed)),
        remembered -> remembered.runs().propose(study, signed),
        told -> named(study) + " waits for approval by hand");
  }

  static JournalLine of(byte[] study, Decision decision) {
    return new JournalLine(
        decision.isApproved()
            ? String.join(
                " ",
                APPROVED,
                HEX.formatHex(study),
                Long.toString(decision.runs()),
                decision.until().toString())
            : String.join(" ", DENIED, HEX.formatHex(study)),
        remembered -> remembered.runs().decide(study, decision),
        told ->
            named(study)
                + (decision.isApproved()
                    ? " is approved by hand"
                        + (decision.runs() == Long.MAX_VALUE
                            ? ""
                            : " for " + decision.runs() + " runs")
                        + " until "
                        + day(decision.until())
                    : " is denied by hand"));
  }

  private static String day(LocalDate until) {
    return until.equals(LocalDate.MAX) ? "further notice" : until.toString();
  }

  private static String named(byte[] study) {
    String hash = HEX.formatHex(study);
    return hash.isEmpty()
        ? "no study"
        : "study " + hash.substring(0, Math.min(Owner.SHOWN, hash.length()));
  }

  static JournalLine of(String data, Charge charge) {
    String cost = charge.cost().rho().toPlainString();
    String line =
        String.join(
            " ",
            CHARGED,
            data,
            HEX.formatHex(charge.runId()),
            HEX.formatHex(charge.id()),
            cost,
            URLEncoder.encode(charge.told(), StandardCharsets.UTF_8));
    boolean isOfAll = charge.part() == RowPart.ALL;
    return new JournalLine(
        isOfAll ? line : String.join(" ", line, charge.part().name(), HEX.formatHex(charge.view())),
        remembered -> remembered.spent().add(data, charge),
        told ->
            "spent a rho of "
                + cost
                + " of the privacy budget for "
                + data
                + " on "
                + charge.told()
                + (charge.part() == RowPart.TEST ? " of test rows" : "")
                + " of run "
                + HEX.formatHex(charge.runId()).substring(0, Owner.SHOWN));
  }

  static JournalLine ofStudy(byte[] study, LocalDate until) {
    return new JournalLine(
        String.join(" ", ACCEPTED, HEX.formatHex(study), until.toString()),
        remembered -> remembered.accept(study, until),
        told -> "accepted a study until " + day(until));
  }

  /**
   * Returns when a line was written.
   *
   * @throws ProtocolException if it is no line of a journal
   */
  static Instant time(String line) {
    try {
      return Instant.parse(line.split(" ", 2)[0]);
    } catch (DateTimeParseException e) {
      throw malformed();
    }
  }

  /**
   * Reads a line, behind its time.
   *
   * @throws ProtocolException if it is no line of a journal
   */
  static JournalLine parse(String line) {
    List<String> fields = Arrays.asList(line.split(" ", -1));
    if (fields.size() == 7 && fields.get(1).equals(SENT)) {
      return of(
          hex(fields.get(2)),
          new Sent(hex(fields.get(3)), hex(fields.get(4)), hex(fields.get(5)), hex(fields.get(6))));
    }
    if (fields.size() == 8 && fields.get(1).equals(ANSWERED)) {
      return of(
          hex(fields.get(2)),
          new Answer(
              hex(fields.get(3)),
              hex(fields.get(4)),
              hex(fields.get(5)),
              hex(fields.get(6)),
              Arrays.stream(fields.get(7).split(",", -1))
                  .map(name -> URLDecoder.decode(name, StandardCharsets.UTF_8))
                  .collect(Collectors.toSet())));
    }
    if (fields.size() == 5 && fields.get(1).equals(ASKED)) {
      return ofQuestion(
          hex(fields.get(2)),
          hex(fields.get(3)),
          URLDecoder.decode(fields.get(4), StandardCharsets.UTF_8));
    }
    if ((fields.size() == 7 || fields.size() == 9) && fields.get(1).equals(CHARGED)) {
      Zcdp cost = cost(fields.get(5));
      boolean isOfAll = fields.size() == 7;
      return of(
          fields.get(2),
          new Charge(
              hex(fields.get(3)),
              hex(fields.get(4)),
              cost,
              cost,
              URLDecoder.decode(fields.get(6), StandardCharsets.UTF_8),
              isOfAll ? RowPart.ALL : part(fields.get(7)),
              isOfAll ? new byte[0] : hex(fields.get(8))));
    }
    if (fields.size() == 3 && fields.get(1).equals(ROWS)) {
      return of(RowSets.parse(hex(fields.get(2))));
    }
    if (fields.size() == 5 && fields.get(1).equals(RUN)) {
      return ofRun(hex(fields.get(2)), hex(fields.get(3)), day(fields.get(4)));
    }
    if (fields.size() == 4 && fields.get(1).equals(ENDED)) {
      return ofEnd(hex(fields.get(2)), hex(fields.get(3)));
    }
    if (fields.size() == 4 && fields.get(1).equals(PROPOSED)) {
      return ofProposal(hex(fields.get(2)), hex(fields.get(3)));
    }
    if (fields.size() == 5 && fields.get(1).equals(APPROVED)) {
      return of(hex(fields.get(2)), new Decision(true, number(fields.get(3)), day(fields.get(4))));
    }
    if (fields.size() == 3 && fields.get(1).equals(DENIED)) {
      return of(hex(fields.get(2)), Decision.DENIED);
    }
    if (fields.size() == 4 && fields.get(1).equals(ACCEPTED)) {
      return ofStudy(hex(fields.get(2)), day(fields.get(3)));
    }
    throw malformed();
  }

  private static Zcdp cost(String field) {
    try {
      return new Zcdp(new BigDecimal(field));
    } catch (IllegalArgumentException e) {
      throw malformed();
    }
  }

  private static RowPart part(String field) {
    if (field.equals(RowPart.TRAIN.name()) || field.equals(RowPart.TEST.name())) {
      return RowPart.valueOf(field);
    }
    throw malformed();
  }

  private static LocalDate day(String field) {
    try {
      return LocalDate.parse(field);
    } catch (DateTimeParseException e) {
      throw malformed();
    }
  }

  private static long number(String field) {
    try {
      return Long.parseLong(field);
    } catch (NumberFormatException e) {
      throw malformed();
    }
  }

  private static byte[] hex(String field) {
    try {
      return HEX.parseHex(field);
    } catch (IllegalArgumentException e) {
      throw malformed();
    }
  }

  private static ProtocolException malformed() {
    return new ProtocolException("each line of the owner's journal must be one that it wrote");
  }

  /** Returns whether it is a charge to a budget. */
  boolean isChargeOf(String data) {
    return text.startsWith(CHARGED + " " + data + " ");
  }

  /** Returns whether its hash is told. */
  boolean isEnd() {
    return text.startsWith(ENDED + " ");
  }

  /** Returns the line, without its time. */
  String text() {
    return text;
  }

  private static String told(Map<String, String> told, byte[] subject) {
    return told.getOrDefault(HEX.formatHex(subject), "a question without a name");
  }

  /**
   * Returns what it records in plain words.
   *
   * @param told what questions are, by their hash; added to
   */
  String words(Map<String, String> told) {
    return words.apply(told);
  }

  /** Adds what it records. */
  void addTo(Remembered remembered) {
    added.accept(remembered);
  }
}
