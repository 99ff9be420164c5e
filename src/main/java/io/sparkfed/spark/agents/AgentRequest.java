package io.sparkfed.spark.agents;

import io.sparkfed.csv.CellType;
import io.sparkfed.model.ColumnType;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.RecordForm;
import io.sparkfed.wire.Site;
import java.util.List;

/**
 * All that an agent is ever asked, as a closed list of values. Whatever is asked of rows names its
 * study by the SHA-256 of it; what the study says is asked of nobody else.
 */
public sealed interface AgentRequest {
  /** Of the requests and replies. */
  int VERSION = 1;

  /** Who is there. */
  record Describe() implements AgentRequest {}

  /**
   * Whether the owner joins a study.
   *
   * @param signed the study's bytes, signed
   */
  record Propose(byte[] signed) implements AgentRequest {}

  /** What is asked for a study that was accepted. */
  sealed interface OfStudy extends AgentRequest {

    /** Returns the SHA-256 of the study. */
    byte[] study();
  }

  /** Which of the study's columns SQL reads whose types must be found. */
  record Columns(byte[] study) implements OfStudy {}

  /** What the study's columns hold. */
  record Contract(byte[] study, InSql types) implements OfStudy {}

  /** What makes something ready that can be asked about; the same makes the same again. */
  sealed interface Opening extends OfStudy {}

  /**
   * Which types the cells of columns have.
   *
   * @param columns their names in lower case
   */
  record OpenTypes(byte[] study, List<String> columns) implements Opening {

    /** Takes a copy. */
    public OpenTypes {
      columns = List.copyOf(columns);
    }
  }

  /** What of the rows their encoding has to be found from. */
  record OpenSummary(byte[] study, InSql types, List<FoundColumn> columns) implements Opening {

    /** Takes a copy. */
    public OpenSummary {
      columns = List.copyOf(columns);
    }
  }

  /** The rows, encoded and packed. */
  record OpenShard(byte[] study, InSql types, List<FoundColumn> columns) implements Opening {

    /** Takes a copy. */
    public OpenShard {
      columns = List.copyOf(columns);
    }
  }

  /**
   * A part in a sum.
   *
   * @param opened SHA-256 of the bytes of what opened what is asked about
   * @param form name of the task's form
   * @param task the task's bytes
   */
  record Ask(byte[] study, byte[] opened, String form, byte[] task) implements OfStudy {}

  /** That something won't be asked about any more. */
  record Release(byte[] study, byte[] opened) implements OfStudy {}

  /** Returns the canonical bytes. */
  default byte[] toBytes() {
    return Requests.FORM.toBytes(this);
  }

  /**
   * Reads a request.
   *
   * @throws ProtocolException if the bytes are not one's
   */
  static AgentRequest parse(byte[] bytes) {
    return Requests.FORM.read(bytes, AgentRequest.class, Site.BARE);
  }

  /** The form of the list. */
  final class Requests {
    private static final RecordForm FORM =
        new RecordForm(
            VERSION,
            List.of(
                Describe.class,
                Propose.class,
                Columns.class,
                Contract.class,
                OpenTypes.class,
                OpenSummary.class,
                OpenShard.class,
                Ask.class,
                Release.class,
                InSql.class,
                FoundColumn.class,
                ColumnType.class,
                CellType.class));

    private Requests() {}
  }
}
