package io.sparkfed.spark.agents;

import io.sparkfed.csv.CellType;
import io.sparkfed.data.DataFault;
import io.sparkfed.model.ColumnType;
import io.sparkfed.spark.cluster.WorkerPartition.Holding;
import io.sparkfed.wire.ProtocolException;
import io.sparkfed.wire.RecordForm;
import io.sparkfed.wire.Site;
import java.util.List;
import java.util.SortedMap;

/** All that an agent ever answers, as a closed list of values. None holds anything of a row. */
public sealed interface AgentReply {

  /**
   * Who is there.
   *
   * @param requests version of the list of requests
   * @param software version of the library
   * @param worker whose rows these are
   */
  record Description(int requests, String software, String worker) implements AgentReply {}

  /** The owner joins the study. */
  record Accepted() implements AgentReply {}

  /**
   * The owner doesn't.
   *
   * @param rule by its name in the owner's policy
   */
  record Refused(String rule) implements AgentReply {}

  /**
   * What SQL reads.
   *
   * @param hasRows whether there is a table with columns at all
   * @param open columns of files of texts whose types must be found, in lower case
   * @param inSql types of the columns of other tables, as JSON, by their names in lower case
   */
  record ColumnsFound(boolean hasRows, List<String> open, SortedMap<String, String> inSql)
      implements AgentReply {}

  /**
   * What the study's columns hold.
   *
   * @param types of its feature columns, in order
   * @param inSql how SQL sees columns, by their names in lower case
   */
  record ContractFound(List<ColumnType> types, SortedMap<String, CellType> inSql)
      implements AgentReply {}

  /**
   * What was to be made ready is.
   *
   * @param holding what it is good for
   * @param features width of packed rows; otherwise 0
   */
  record Opened(Holding holding, int features) implements AgentReply {}

  /**
   * The owner's rows can't be used.
   *
   * @param about what breaks the rule
   * @param column the study's own name of a column; empty when the fault is not one column's
   * @param rule what was expected
   */
  record Fault(DataFault.About about, String column, String rule) implements AgentReply {}

  /** What is asked about isn't there any more, or never was: it can be opened again. */
  record NotOpen() implements AgentReply {}

  /** The owner's part in a sum. */
  record Part(byte[] message) implements AgentReply {}

  /** What was said is done. */
  record Done() implements AgentReply {}

  /**
   * The request breaks a rule of the protocol.
   *
   * @param rule which
   */
  record Rejected(String rule) implements AgentReply {}

  /** Returns the canonical bytes. */
  default byte[] toBytes() {
    return Replies.FORM.toBytes(this);
  }

  /**
   * Reads a reply.
   *
   * @throws ProtocolException if the bytes are not one's
   */
  static AgentReply parse(byte[] bytes) {
    return Replies.FORM.read(bytes, AgentReply.class, Site.BARE);
  }

  /** The form of the list. */
  final class Replies {
    private static final RecordForm FORM =
        new RecordForm(
            AgentRequest.VERSION,
            List.of(
                Description.class,
                Accepted.class,
                Refused.class,
                ColumnsFound.class,
                ContractFound.class,
                Opened.class,
                Fault.class,
                NotOpen.class,
                Part.class,
                Done.class,
                Rejected.class,
                DataFault.About.class,
                Holding.class,
                ColumnType.class,
                CellType.class));

    private Replies() {}
  }
}
