package io.sparkfed.jobs;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/** Ways for a training to go wrong, and what is told of them. */
final class ErrorCases {
  /** Stands in offending rows for what must not be shown. */
  static final String SECRET = "31337.4242";

  static final String HEADER = "x1,x2,y,w,part,note\n";
  static final String GOOD_ROWS = "1,0,1,1,train,1\n2,1,0,2,test,2\n3,5,1,1,train,3\n";

  static final String POOLED = "data.workers = null, data.path = \"ROOT/pooled.csv\"\n";
  static final String CENTER = POOLED + "data.worker-column = center\n";
  static final String PARQUET =
      "data.format = parquet, data.feature-columns = [x1], data.workers = null\n";
  static final String VECTORS = PARQUET + "data.feature-columns = null, data.features-column = v\n";

  private ErrorCases() {}

  /**
   * A way to go wrong.
   *
   * @param name what is wrong
   * @param code the exit code
   * @param rowsOfB rows of worker b; null for good ones
   * @param settings HOCON after a good configuration's, ROOT and TABLES for the folders
   * @param told what the message says
   */
  record Case(String name, int code, String rowsOfB, String settings, String... told) {
    static Case of(String name, int code, String settings, String... told) {
      return new Case(name, code, null, settings, told);
    }

    /** A good row, then the bad one. */
    static Case row(String name, String badRow, String settings, String... told) {
      List<String> all = new ArrayList<>(List.of("worker b"));
      all.addAll(Arrays.asList(told));
      return new Case(
          name, 3, "1,0,1,1,train,1\n" + badRow + "\n", settings, all.toArray(new String[0]));
    }

    @Override
    public String toString() {
      return name;
    }
  }

  static Stream<Case> configurations() {
    return Stream.of(
        Case.of("syntax", 2, "model { family = ", "run.conf", "can't be read"),
        Case.of("unknown key", 2, "algorithm.round = 3", "algorithm.round ", "algorithm.rounds"),
        Case.of("no number", 2, "algorithm.rounds = many", "algorithm.rounds", "many", "run.conf"),
        Case.of("out of range", 2, "model.l2 = -1", "model.l2", ">= 0", "-1"),
        Case.of("no such choice", 2, "model.family = cubic", "linear | logistic", "cubic"),
        Case.of("no output", 2, "output.dir = null", "output.dir is not set"),
        Case.of(
            "label among the features",
            2,
            "data { feature-columns = [x1, Y], label-column = y }",
            "data.feature-columns must not name the label",
            "y"),
        Case.of("two sources", 2, "data.path = \"x\"", "exactly one of", "data.workers"),
        Case.of("unresolved", 2, "name = ${nowhere}", "nowhere"));
  }

  static Stream<Case> tables() {
    return Stream.of(
        Case.of(
            "worker's path",
            3,
            "data.workers.b = \"ROOT/gone.csv\"",
            "data.workers.b",
            "gone.csv",
            "does not exist"),
        Case.of(
            "pooled path",
            3,
            CENTER + "data.path = \"ROOT/gone.csv\"",
            "data.path",
            "gone.csv",
            "does not exist"),
        Case.of("format", 3, "data.format = excel", "data.format = excel", "not a data source"),
        Case.of(
            "format without a table",
            3,
            "data.format = binaryFile",
            "data.format must be one of avro, csv, delta",
            "binaryFile"),
        Case.of("lines of text", 3, "data.format = text", "data.format must be one of", "text"),
        Case.of(
            "format by its class",
            3,
            "data.format = \"org.apache.spark.sql.execution.datasources.binaryfile.BinaryFileFormat\"",
            "data.format = ",
            "binaryFile"),
        Case.of("generated rows", 3, "data.format = rate", "data.format must be one of", "rate"),
        Case.of("schema", 3, "data.schema = \"x1 NUMBERISH\"", "data.schema", "NUMBERISH"),
        Case.of(
            "feature column",
            3,
            "data.feature-columns = [x1, x22]",
            "worker a",
            "x22",
            "data.feature-columns",
            "nearest is x2"),
        Case.of("label column", 3, "data.label-column = yy", "yy", "label-column", "nearest is y"),
        Case.of("weight column", 3, "data.weight-column = ww", "weight-column", "nearest is w"),
        Case.of("split column", 3, "data.split.column = par", "split.column", "nearest is part"),
        Case.of(
            "worker column",
            3,
            POOLED + "data.worker-column = centre",
            "centre",
            "data.worker-column",
            "nearest is center"),
        Case.of(
            "date",
            3,
            PARQUET
                + "data.workers = { a = \"TABLES/typed\", b = \"TABLES/twin\" }\n"
                + "data.feature-columns = [born]",
            "worker a",
            "column born",
            "must hold numbers",
            "date"),
        Case.of(
            "array",
            3,
            PARQUET
                + "data.workers = { a = \"TABLES/typed\", b = \"TABLES/twin\" }\n"
                + "data.label-column = tags",
            "worker a",
            "column tags",
            "must hold numbers",
            "array"),
        Case.of(
            "no vectors",
            3,
            VECTORS + "data.workers = { a = \"TABLES/typed\" }\n" + "data.features-column = x1",
            "worker a",
            "column x1",
            "must hold Spark ML vectors",
            "double"),
        Case.of("where", 3, "data.where = \"x1 >\"", "data.workers.a", "data.where"),
        Case.of("derive", 3, "data.derive.z = \"log(\"", "data.workers.a", "data.derive"),
        Case.of(
            "random column",
            3,
            "data.derive { u = \"upper(note)\", z = \"x1 + rand(3)\" }",
            "data.workers.a",
            "data.derive.z must give the same",
            "rand does not"),
        Case.of(
            "random rows",
            3,
            CENTER + "data.where = \"x1 > 0 and uuid() > 'a'\"",
            "data.path",
            "data.where must give the same"),
        Case.of(
            "clock",
            3,
            "data.derive.z = \"x1 + hour(now())\"",
            "data.derive.z",
            "but now is not known"),
        Case.of(
            "method that may do anything",
            3,
            "data.derive.z = \"reflect('java.util.UUID', 'randomUUID')\"",
            "data.derive.z must give the same"),
        Case.of(
            "window",
            3,
            CENTER + "data.derive.z = \"x1 - avg(x1) over (partition by center)\"",
            "data.derive.z must work row by row"),
        Case.of(
            "several rows of one",
            3,
            "data.derive.z = \"explode(array(1, 2))\"",
            "data.derive.z must work row by row"),
        Case.of(
            "subquery",
            3,
            "data.where = \"x1 < (select max(id) from range(9))\"",
            "data.where must work row by row"),
        Case.of("derive from nothing", 3, "data.derive.z = \"x9 + 1\"", "data.derive", "x9"),
        Case.of(
            "vectors between workers",
            3,
            VECTORS
                + "data.workers = { a = \"TABLES/wide\","
                + " b = \"TABLES/narrow\" }\naggregation.min-workers = 2",
            "same number of features",
            "worker a has 3",
            "worker b 2"),
        Case.of(
            "vectors within a worker",
            3,
            VECTORS + "data.workers = { a = \"TABLES/wide\"," + " b = \"TABLES/mixed\" }",
            "worker b",
            "same length"),
        Case.of(
            "corrupt file",
            3,
            PARQUET + "data.workers = { a = \"TABLES/corrupt\" }",
            "data.workers.a",
            "TABLES/corrupt",
            "parquet"),
        Case.of(
            "corrupt pages",
            3,
            PARQUET
                + "data.workers = { a = \"TABLES/typed\","
                + " b = \"TABLES/torn\", c = \"TABLES/twin\" }",
            "worker b",
            "can't be read"),
        Case.of(
            "file without a header",
            3,
            "data.workers.a = \"ROOT/bare.csv\"",
            "worker a",
            "column x1",
            "header"));
  }

  static Stream<Case> rows() {
    String weighted = "data.weight-column = w";
    String split = "data.split.column = part";
    String classes = "model.family = logistic";
    return Stream.of(
        Case.row("more cells", SECRET + ",2,1,1,train,a,b", "", "has more cells"),
        Case.row("fewer cells", SECRET + ",2,1", "", "has fewer cells"),
        Case.row("open quote", "1,2,1,1,train,\"" + SECRET, "", "no closing quote"),
        new Case("no header", 3, null, "data.workers.b = \"ROOT/bare.csv\"", "worker b", "header"),
        Case.row("text", "secret" + SECRET + ",1,1,1,train,a", "", "column x1", "number"),
        Case.row("number with a suffix", SECRET + "f,1,1,1,train,a", "", "x1", "number"),
        Case.row("NaN", "NaN,1," + SECRET + ",1,train,a", "", "column x1", "is missing"),
        Case.row("infinity", "Infinity,1,1,1,train,a", "", "column x1", "finite"),
        Case.row("too large", "1e999,1,1,1,train,a", "", "column x1", "finite"),
        Case.row("no feature", SECRET + ",,1,1,train,a", "", "column x2", "is missing"),
        Case.row("no label", SECRET + ",1,,1,train,a", "", "column y", "is missing"),
        Case.row("NaN label", SECRET + ",1,NaN,1,train,a", "", "column y", "is missing"),
        Case.row("weight", "1,1,1,-" + SECRET + ",train,a", weighted, "column w", ">= 0"),
        Case.row("no weight", SECRET + ",1,1,,train,a", weighted, "column w", "missing"),
        Case.row("label 2", SECRET + ",1,2,1,train,a", classes, "column y", "0 or 1"),
        Case.row("label -1", SECRET + ",1,-1,1,train,a", classes, "column y", "0 or 1"),
        new Case(
            "part",
            3,
            "1,1,1,1," + SECRET + ",a\n",
            split,
            "error: a worker, column part",
            "\"train\""),
        new Case(
            "no part",
            3,
            SECRET + ",1,1,1,,a\n",
            split,
            "error: a worker, column part",
            "\"test\""),
        new Case(
            "cast",
            3,
            "1,1,1,1,train," + SECRET + "x\n",
            "data { derive.z = \"cast(note as double)\", feature-columns = [z] }",
            "data.derive"),
        new Case(
            "condition",
            3,
            "1,1,1,1,train," + SECRET + "x\n",
            "data.where = \"cast(note as double) > 0\"",
            "data.where"),
        Case.row(
            "strict csv",
            SECRET + "x,1,1,1,train,1",
            "data { options = { mode = FAILFAST, header = true }, schema = \"x1 DOUBLE, x2 DOUBLE, y DOUBLE, w DOUBLE,"
                + " part STRING, note STRING\" }",
            "column x1",
            "must be of type double"),
        new Case("no worker", 3, ",1,1," + SECRET + ",a\n", CENTER, "data.worker-column"),
        new Case("pooled row", 3, "b,1," + SECRET + "x,1,a\n", CENTER, "worker b", "column x2"),
        new Case(
            "pooled condition",
            3,
            "b,1,1,1," + SECRET + "x\n",
            CENTER + "data.where = \"cast(note as double) > 0\"",
            "data.where"),
        new Case(
            "pooled expression",
            3,
            "b,1,1,1," + SECRET + "x\n",
            CENTER + "data.derive.x1 = \"cast(note as double)\"",
            "data.derive"));
  }

  static Stream<Case> cohorts() {
    return Stream.of(
        Case.of("few workers", 4, "aggregation.min-workers = 4", "3 took part", "min-workers is 4"),
        new Case("empty worker", 4, "", "", "2 took part", "aggregation.min-workers is 3"),
        new Case(
            "only test rows",
            4,
            "1,0,1,1,test,a\n",
            "data.split.column = part",
            "min-workers is 3"),
        Case.of("nobody holds rows", 3, "data.where = \"x1 > 1000\"", "no worker holds any"),
        Case.of("parent is a file", 7, "output.dir = \"ROOT/a.csv/run\"", "output.dir", "a.csv"),
        Case.of("root folder", 7, "output.dir = \"/\"", "output.dir", "root folder"));
  }

  static Stream<Case> places() {
    return Stream.of(
        Case.of("blank path", 2, "data.workers.b = \"\"", "data.workers.b", "must not be blank"),
        Case.of("blank output", 2, "output.dir = \" \"", "output.dir", "must not be blank"),
        Case.of("pattern as output", 2, "output.dir = \"ROOT/*.d\"", "output.dir", "one place"),
        Case.of("pattern as checkpoints", 2, "checkpoint.dir = \"/{a,b}\"", "checkpoint.dir", "{"),
        Case.of(
            "output on a file system that isn't here",
            7,
            "output.dir = \"s3a://bucket/run\"",
            "output.dir: s3a://bucket/run can't be reached",
            "no file system for s3a"),
        Case.of(
            "output on an unknown host",
            7,
            "output.dir = \"hdfs://nowhere.invalid/run\"",
            "output.dir: hdfs://nowhere.invalid/run",
            "no such host"),
        Case.of(
            "output that nobody answers for",
            7,
            "output.dir = \"ftp://127.0.0.1:1/run\"",
            "output.dir: ftp://127.0.0.1:1/run",
            "nobody answers"),
        Case.of(
            "output where nothing is written",
            7,
            "output.dir = \"http://127.0.0.1:1/run\"",
            "output.dir"),
        Case.of(
            "checkpoints that nobody answers for",
            7,
            "checkpoint.dir = \"hdfs://127.0.0.1:1/c\"",
            "checkpoint.dir: hdfs://127.0.0.1:1/c",
            "nobody answers"),
        Case.of(
            "checkpoints where nothing is written",
            7,
            "checkpoint.dir = \"http://127.0.0.1:1/c\"",
            "checkpoint.dir"),
        Case.of(
            "checkpoints of another host's disk",
            7,
            "checkpoint.dir = \"file://elsewhere/c\"",
            "checkpoint.dir: file://elsewhere/c can't be reached"),
        Case.of(
            "rows on an unknown host",
            3,
            "data.workers.b = \"hdfs://nowhere.invalid/b\"",
            "data.workers.b: hdfs://nowhere.invalid/b can't be reached",
            "no such host"),
        Case.of(
            "rows on a file system that isn't here",
            3,
            PARQUET + "data.workers = { a = \"TABLES/typed\", b = \"s3a://bucket/b\" }",
            "data.workers.b: s3a://bucket/b can't be reached",
            "no file system for s3a"),
        Case.of(
            "pooled rows on an unknown scheme",
            3,
            CENTER + "data.path = \"nosuch://h/b\"",
            "data.path: nosuch://h/b can't be reached",
            "no file system for nosuch"),
        Case.of(
            "rows on a host that has none",
            3,
            "data.workers.b = { path = \"nosuch://h/b\", hosts = [localhost] }",
            "data.workers.b: nosuch://h/b can't be reached"));
  }

  /** What only a run's own past or a look at all rows tells. */
  static Stream<Case> beforehand() {
    return Stream.of(
        Case.of("nothing to resume", 7, "output.resume = true", "output.resume", "no checkpoint"),
        Case.of(
            "a run that has ended",
            7,
            "output { dir = \"TABLES/ended\", resume = true, overwrite = true }",
            "output.resume",
            "has ended"),
        Case.of(
            "resumption without checkpoints",
            2,
            "output.resume = true, checkpoint.every = 0",
            "checkpoint.every"),
        Case.of(
            "checkpoints of another run",
            7,
            "checkpoint.dir = \"TABLES/held\"",
            "checkpoint.dir",
            "holds the checkpoint of an unfinished run"),
        Case.of(
            "damaged checkpoints",
            7,
            "checkpoint.dir = \"TABLES/held\", output.resume = true",
            "output.resume",
            "can be used"),
        Case.of(
            "checkpoints among a stranger's files",
            7,
            "checkpoint.dir = \"TABLES/strange\"",
            "checkpoint.dir",
            "no checkpoints"),
        new Case(
            "values of one worker to impute by",
            3,
            "1,0,1,1,train,9\n2,1,0,1,train,9\n",
            "data { derive.z = \"case when note = '9' then x1 end\", feature-columns = [z, x2],"
                + " impute.columns = [z] }",
            "column z",
            "fewer than 3 workers"),
        new Case(
            "values of nobody to impute by",
            3,
            "1,0,1,1,train,9\n2,0,1,1,train,9\n",
            "data { derive.z = \"case when note = '10' then x1 end\", feature-columns = [z, x2],"
                + " impute.columns = [z] }",
            "column z",
            "no training row"),
        Case.row(
            "feature too large for a float",
            "1e39,1,1,1,train,a",
            "data.storage = float",
            "data.storage = float"));
  }

  static Stream<Case> all() {
    return Stream.of(configurations(), tables(), rows(), cohorts(), places(), beforehand())
        .flatMap(cases -> cases);
  }
}
