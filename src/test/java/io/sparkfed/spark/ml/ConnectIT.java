package io.sparkfed.spark.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.model.Family;
import io.sparkfed.spark.rows.LocalTraining;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.apache.spark.connect.proto.Command;
import org.apache.spark.connect.proto.CreateDataFrameViewCommand;
import org.apache.spark.connect.proto.DataType;
import org.apache.spark.connect.proto.ExecutePlanRequest;
import org.apache.spark.connect.proto.ExecutePlanResponse;
import org.apache.spark.connect.proto.Expression.Literal;
import org.apache.spark.connect.proto.MlCommand;
import org.apache.spark.connect.proto.MlOperator;
import org.apache.spark.connect.proto.MlOperator.OperatorType;
import org.apache.spark.connect.proto.MlParams;
import org.apache.spark.connect.proto.MlRelation;
import org.apache.spark.connect.proto.ObjectRef;
import org.apache.spark.connect.proto.Plan;
import org.apache.spark.connect.proto.Relation;
import org.apache.spark.connect.proto.SQL;
import org.apache.spark.connect.proto.SparkConnectServiceGrpc;
import org.apache.spark.connect.proto.UserContext;
import org.apache.spark.ml.PredictionModel;
import org.apache.spark.ml.Predictor;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.connect.service.SparkConnectService$;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.sparkproject.connect.grpc.ManagedChannel;
import org.sparkproject.connect.grpc.ManagedChannelBuilder;
import org.sparkproject.connect.grpc.StatusRuntimeException;

/** Estimators as clients of a Spark Connect server have them fitted. */
@Timeout(300)
class ConnectIT {
  private static SparkSession spark;
  private static ManagedChannel channel;

  @TempDir Path folder;

  private final String session = UUID.randomUUID().toString();

  @BeforeAll
  static void startServer() {
    Assumptions.assumeTrue(
        org.apache.spark.package$.MODULE$.SPARK_VERSION().startsWith("4.0."),
        "skipped: the server of Spark Connect is that of Spark 4.0");
    LocalTraining.session(2).stop();
    spark =
        SparkSession.builder()
            .master("local[2]")
            .appName("ConnectIT")
            .config("spark.ui.enabled", false)
            .config("spark.sql.shuffle.partitions", 3)
            .config("spark.plugins", "org.apache.spark.sql.connect.SparkConnectPlugin")
            .config("spark.connect.grpc.binding.port", 0)
            .getOrCreate();
    for (Family family : List.of(Family.LINEAR, Family.LOGISTIC, Family.POISSON)) {
      EstimatorRows.of(spark, family, 60).createOrReplaceGlobalTempView(family.name());
    }
    channel = ManagedChannelBuilder.forAddress("localhost", port()).usePlaintext().build();
  }

  @AfterAll
  static void stopServer() {
    if (channel != null) {
      channel.shutdownNow();
      spark.stop();
    }
  }

  /**
   * A fit to ask for.
   *
   * @param here the estimator in this process, ready but for its settings
   */
  record Case(Family family, HasFederation<?> here, Map<String, Literal> params) {
    String table() {
      return "global_temp." + family;
    }

    @Override
    public String toString() {
      return here.getClass().getSimpleName();
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            Family.LINEAR,
            new FederatedLinearRegression().setRegParam(0.1),
            Map.of("regParam", number(0.1))),
        new Case(Family.LOGISTIC, new FederatedLogisticRegression(), Map.of()),
        new Case(
            Family.LOGISTIC,
            new FederatedLinearSVC().setRounds(3),
            Map.of("rounds", whole(3), "seed", whole(1))),
        new Case(
            Family.POISSON,
            new FederatedGeneralizedLinearRegression().setFamily("poisson"),
            Map.of("family", text("poisson"))));
  }

  private static Literal text(String value) {
    return Literal.newBuilder().setString(value).build();
  }

  private static Literal number(double value) {
    return Literal.newBuilder().setDouble(value).build();
  }

  private static Literal whole(int value) {
    return Literal.newBuilder().setInteger(value).build();
  }

  private static Literal texts(String... values) {
    return Literal.newBuilder()
        .setArray(
            Literal.Array.newBuilder()
                .setElementType(
                    DataType.newBuilder().setString(DataType.String.getDefaultInstance()))
                .addAllElements(Arrays.stream(values).map(ConnectIT::text).toList()))
        .build();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void fit_throughTheServer_isTheEstimatorsOwn(Case asked) {
    Predictor<?, ?, ?> estimator = (Predictor<?, ?, ?>) asked.here().setWorkerCol("worker");
    Dataset<Row> rows = spark.table(asked.table());
    asked.here().setSettings(new String[] {"evaluation.confidence-level=0.9"});
    PredictionModel<?, ?> model = (PredictionModel<?, ?>) estimator.fit(rows);

    String fit = UUID.randomUUID().toString();
    MlParams params =
        params(asked.params())
            .putParams("workerCol", text("worker"))
            .putParams("settings", texts("evaluation.confidence-level=0.9"))
            .build();
    ObjectRef fitted = fit(estimator.getClass(), fit, params, asked.table());
    Relation predictions =
        relation(MlRelation.Transform.newBuilder().setObjRef(fitted).setInput(table(asked)));

    assertEquals(
        model.transform(rows).select("prediction").collectAsList(),
        collect(predictions).select("prediction").collectAsList());
    FederatedSummary here = asked.here().summary();
    for (String name : List.of("statistics", "figures", "goodness", "cohort", "notes", "fit")) {
      assertEquals(
          here.table(name).collectAsList().toString(),
          collect(summary(fit, name)).collectAsList().toString(),
          name);
    }
    assertEquals(
        here.rounds().select("round", "loss").collectAsList(),
        collect(summary(fit, "rounds")).select("round", "loss").collectAsList());
  }

  @Test
  void summary_ofAFitOfAnotherSession_isNotFound() {
    String fit = UUID.randomUUID().toString();
    String other = UUID.randomUUID().toString();
    MlParams params = params(Map.of("workerCol", text("worker"))).build();
    fit(FederatedLinearRegression.class, fit, params, "global_temp.LINEAR");

    assertEquals(1, collect(summary(fit, "fit")).count());
    String told =
        assertThrows(
                StatusRuntimeException.class, () -> collect(other, summary(fit, "fit"), "stolen"))
            .getMessage();
    assertTrue(told.contains("there is no summary of " + fit), told);
  }

  @Test
  void fit_settingWithoutEffect_isRefusedAtTheClient() {
    MlParams params =
        params(Map.of("workerCol", text("worker")))
            .putParams("settings", texts("algorithm.round=3"))
            .build();

    String told =
        assertThrows(
                StatusRuntimeException.class,
                () -> fit(FederatedLinearRegression.class, "x", params, "global_temp.LINEAR"))
            .getMessage();

    assertTrue(told.contains("the nearest known key is algorithm.rounds"), told);
  }

  @Test
  void pythonClient_everyEstimator_isItsOwnOnesTwin() throws Exception {
    String python = System.getenv("SPARKFED_CONNECT_PYTHON");
    Assumptions.assumeTrue(
        python != null,
        "skipped: SPARKFED_CONNECT_PYTHON names no Python with pyspark-client to try the module"
            + " with");
    ProcessBuilder builder = new ProcessBuilder(python, "src/test/python/estimators.py");
    builder.environment().put("SPARK_REMOTE", "sc://localhost:" + port());
    builder
        .environment()
        .merge(
            "PYTHONPATH",
            System.getProperty("sparkfed.jar"),
            (before, added) -> added + File.pathSeparator + before);
    File log = folder.resolve("log").toFile();
    Process process = builder.redirectErrorStream(true).redirectOutput(log).start();
    try {
      assertTrue(process.waitFor(4, TimeUnit.MINUTES), "did not end");
    } finally {
      process.destroyForcibly();
    }
    assertEquals(0, process.exitValue(), Files.readString(log.toPath()));
  }

  private static int port() {
    return SparkConnectService$.MODULE$.localPort();
  }

  private static MlParams.Builder params(Map<String, Literal> values) {
    return MlParams.newBuilder().putAllParams(values);
  }

  private static Relation table(Case asked) {
    return table(asked.table());
  }

  private static Relation table(String name) {
    return Relation.newBuilder().setSql(SQL.newBuilder().setQuery("select * from " + name)).build();
  }

  private static Relation relation(MlRelation.Transform.Builder transform) {
    return Relation.newBuilder()
        .setMlRelation(MlRelation.newBuilder().setTransform(transform))
        .build();
  }

  private static Relation summary(String fit, String name) {
    return relation(
        MlRelation.Transform.newBuilder()
            .setTransformer(
                MlOperator.newBuilder()
                    .setName(FederatedSummaryTable.class.getName())
                    .setUid("summary")
                    .setType(OperatorType.OPERATOR_TYPE_TRANSFORMER))
            .setParams(params(Map.of("fit", text(fit), "table", text(name))))
            .setInput(table("range(0)")));
  }

  private ObjectRef fit(Class<?> estimator, String uid, MlParams params, String rows) {
    ExecutePlanResponse last =
        execute(
            session,
            Command.newBuilder()
                .setMlCommand(
                    MlCommand.newBuilder()
                        .setFit(
                            MlCommand.Fit.newBuilder()
                                .setEstimator(
                                    MlOperator.newBuilder()
                                        .setName(estimator.getName())
                                        .setUid(uid)
                                        .setType(OperatorType.OPERATOR_TYPE_ESTIMATOR))
                                .setParams(params)
                                .setDataset(table(rows)))));
    return last.getMlCommandResult().getOperatorInfo().getObjRef();
  }

  /** The rows, by way of a view that this process sees too. */
  private Dataset<Row> collect(Relation relation) {
    return collect(session, relation, "result");
  }

  private static Dataset<Row> collect(String session, Relation relation, String view) {
    execute(
        session,
        Command.newBuilder()
            .setCreateDataframeView(
                CreateDataFrameViewCommand.newBuilder()
                    .setInput(relation)
                    .setName(view)
                    .setIsGlobal(true)
                    .setReplace(true)));
    return spark.table("global_temp." + view);
  }

  /** Returns the answer that holds a result of MLlib's, or the last one. */
  private static ExecutePlanResponse execute(String session, Command.Builder command) {
    Iterator<ExecutePlanResponse> answers =
        SparkConnectServiceGrpc.newBlockingStub(channel)
            .executePlan(
                ExecutePlanRequest.newBuilder()
                    .setSessionId(session)
                    .setUserContext(UserContext.newBuilder().setUserId("tester"))
                    .setPlan(Plan.newBuilder().setCommand(command))
                    .build());
    ExecutePlanResponse found = ExecutePlanResponse.getDefaultInstance();
    while (answers.hasNext()) {
      ExecutePlanResponse answer = answers.next();
      found = found.hasMlCommandResult() ? found : answer;
    }
    return found;
  }
}
