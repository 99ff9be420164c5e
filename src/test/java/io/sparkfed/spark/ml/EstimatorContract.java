package io.sparkfed.spark.ml;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.config.ConfigurationException;
import io.sparkfed.data.DataException;
import io.sparkfed.model.Family;
import io.sparkfed.spark.rows.LocalTraining;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.spark.ml.Estimator;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.Pipeline;
import org.apache.spark.ml.PipelineModel;
import org.apache.spark.ml.PipelineStage;
import org.apache.spark.ml.evaluation.Evaluator;
import org.apache.spark.ml.feature.VectorAssembler;
import org.apache.spark.ml.param.DoubleParam;
import org.apache.spark.ml.param.Param;
import org.apache.spark.ml.param.ParamMap;
import org.apache.spark.ml.param.Params;
import org.apache.spark.ml.tuning.CrossValidator;
import org.apache.spark.ml.tuning.CrossValidatorModel;
import org.apache.spark.ml.tuning.ParamGridBuilder;
import org.apache.spark.ml.util.DefaultParamsReader;
import org.apache.spark.ml.util.DefaultParamsWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.sql.functions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What holds for every estimator as a stage of Spark ML. */
abstract class EstimatorContract<E extends HasFederation<E>> {
  private static final Set<String> OWN =
      Set.of(
          "workerCol",
          "preset",
          "rounds",
          "aggregationMode",
          "minWorkers",
          "seed",
          "settings",
          "privacyEpsilon",
          "privacyDelta",
          "featureBounds",
          "labelBounds",
          "privacyRows",
          "intervalsShare");

  @TempDir Path folder;

  private SparkSession spark;
  private Dataset<Row> rows;

  /** Returns a new estimator. */
  abstract E estimator();

  /** Returns MLlib's own. */
  abstract Params mllibs();

  abstract Family family();

  abstract Evaluator evaluator();

  @BeforeEach
  void session() {
    spark = LocalTraining.session(2);
    rows = EstimatorRows.of(spark, family(), 60);
  }

  private E ready() {
    return estimator().setWorkerCol("worker").setAggregationMode("insecure-plain").setRounds(6);
  }

  private static Estimator<?> stage(Object estimator) {
    return (Estimator<?>) estimator;
  }

  @Test
  void params_areMllibsWithItsDefaults_andOurs() {
    E own = estimator();
    Params theirs = mllibs();
    Set<String> names = Arrays.stream(own.params()).map(Param::name).collect(Collectors.toSet());
    for (Param<?> param : theirs.params()) {
      assertTrue(names.remove(param.name()), param.name());
      Param<Object> ours = own.getParam(param.name());
      assertEquals(
          theirs.hasDefault(param) ? String.valueOf(theirs.getDefault(param)) : "none",
          own.hasDefault(ours) ? String.valueOf(own.getDefault(ours)) : "none",
          param.name());
    }
    assertEquals(OWN, names);
    for (String name : OWN) {
      assertTrue(own.explainParams().contains(name + ": "), name);
    }
  }

  @Test
  void params_outOfDomain_areRefused() {
    E own = estimator();
    assertThrows(IllegalArgumentException.class, () -> own.setMinWorkers(1));
    assertThrows(IllegalArgumentException.class, () -> own.setRounds(0));
    assertThrows(IllegalArgumentException.class, () -> own.setAggregationMode("plain"));
    assertThrows(IllegalArgumentException.class, () -> own.setPreset("newton"));
    for (double wrong : new double[] {0.0, -1.0, Double.NaN, Double.POSITIVE_INFINITY}) {
      assertThrows(IllegalArgumentException.class, () -> own.setPrivacyEpsilon(wrong));
    }
    for (double wrong : new double[] {0.0, 1.0, -1.0, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> own.setPrivacyDelta(wrong));
    }
    assertThrows(IllegalArgumentException.class, () -> own.setPrivacyRows(0L));
    for (double wrong : new double[] {-0.1, 1.0, Double.NaN}) {
      assertThrows(IllegalArgumentException.class, () -> own.setIntervalsShare(wrong));
    }
  }

  /** Whoever knows params reads a param's name, and whoever set a key the key. */
  @Test
  void fit_fewerWorkersThanTheMinimum_saysTheSettingAsItWasSet() {
    E byParam = ready().setMinWorkers(9);
    E byKey = ready().setSettings(new String[] {"aggregation.min-workers=9"});

    assertTrue(cohortRefusal(byParam).contains(" took part, but minWorkers is 9"));
    assertTrue(cohortRefusal(byKey).contains(" took part, but aggregation.min-workers is 9"));
  }

  /** What the core says of a result names params, too. */
  @Test
  void fit_endedBeforeTheOptimum_saysWhichParamEndedIt() {
    E own = ready().setPreset("fed-lbfgs").setRounds(1);

    stage(own).fit(rows);

    assertTrue(
        own.federation().summary().orElseThrow().notes().stream()
            .anyMatch(note -> note.contains("not converged after 1 rounds (rounds)")));
  }

  private String cohortRefusal(E own) {
    return assertThrows(CohortException.class, () -> stage(own).fit(rows)).getMessage();
  }

  private String refusal(E own, String... settings) {
    own.setSettings(settings);
    return assertThrows(ConfigurationException.class, () -> stage(own).fit(rows)).getMessage();
  }

  /** Whatever reference.conf has: either it is heeded, or it is refused by its name. */
  @Test
  void fit_settingsThatDoNothing_areRefusedByName() {
    for (String key :
        List.of(
            "tracking.mlflow.uri=http://127.0.0.1:1",
            "output.dir=/nope",
            "output.resume=true",
            "checkpoint.dir=/nope",
            "checkpoint.every=3",
            "predictions.path=/nope",
            "data.path=/nope",
            "data.format=json",
            "data.options.sep=;",
            "data.schema=x DOUBLE",
            "data.workers.a=/nope",
            "data.synthetic.workers=4",
            "data.min-level-rows=9")) {
      String message = refusal(ready(), key);
      assertTrue(message.startsWith(key.replaceFirst("=.*", "") + " is for jobs/train"), message);
    }
    assertTrue(refusal(ready(), "data={ path = x }").startsWith("data.path is for jobs/train"));
  }

  @Test
  void fit_settingThatAParamSays_isRefusedWithBoth() {
    for (String key :
        List.of(
            "data.label-column=y3 labelCol",
            "data.features-column=v featuresCol",
            "data.feature-columns=[x0] featuresCol",
            "data.worker-column=w workerCol",
            "model.l2=5 regParam",
            "model.l1=5 regParam",
            "model.intercept=false fitIntercept",
            "model.standardize=none standardization",
            "privacy.unit=row privacyEpsilon",
            "privacy.epsilon=1 privacyEpsilon",
            "privacy.delta=1e-6 privacyDelta",
            "privacy.rows=100 privacyRows",
            "privacy.intervals-share=0.1 intervalsShare",
            "privacy.label-bounds=[0,1] labelBounds",
            "privacy.bounds={features=[0,1]} featureBounds")) {
      String[] pair = key.split(" ", 2);
      String message = refusal(ready(), pair[0]);
      assertTrue(message.contains(pair[0].replaceFirst("=.*", "")), message);
      assertTrue(message.contains("the param " + pair[1]), message);
    }
    for (String key :
        List.of("algorithm.rounds=3 rounds", "aggregation.mode=masked aggregationMode")) {
      String[] pair = key.split(" ", 2);
      String message = refusal(ready(), pair[0]);
      assertTrue(message.contains("the param " + pair[1] + " is set"), message);
    }
    assertTrue(refusal(ready(), "algorithm.roundz=3").contains("algorithm.rounds"));
  }

  @Test
  void saveAndLoad_everyParam_isThere() throws IOException {
    E own =
        ready()
            .setPreset("fed-lbfgs")
            .setMinWorkers(2)
            .setSeed(7L)
            .setSettings(new String[] {"a=b"})
            .setPrivacyEpsilon(0.5)
            .setPrivacyDelta(1e-6)
            .setFeatureBounds(new double[] {-1.0, 2.0})
            .setLabelBounds(new double[] {0.0, 9.0})
            .setPrivacyRows(5_000_000_000L)
            .setIntervalsShare(0.125);
    own.set(own.getParam("regParam"), 0.25);
    String path = folder.resolve("estimator").toString();
    ((DefaultParamsWritable) own).save(path);
    @SuppressWarnings("unchecked")
    E loaded =
        (E)
            Pipeline.load(saved(new Pipeline().setStages(new PipelineStage[] {stage(own)})))
                .getStages()[0];

    assertEquals(own.uid(), loaded.uid());
    for (Param<?> param : own.params()) {
      assertEquals(own.isSet(param), loaded.isSet(loaded.getParam(param.name())), param.name());
      assertEquals(json(own, param.name()), json(loaded, param.name()), param.name());
    }
    assertArrayEquals(own.getSettings(), loaded.getSettings());
    assertArrayEquals(new double[] {-1.0, 2.0}, loaded.getFeatureBounds());
    assertEquals(0.5, loaded.getPrivacyEpsilon());
    assertEquals(5_000_000_000L, loaded.getPrivacyRows());
    assertEquals(0.125, loaded.getIntervalsShare());
    assertInstanceOf(own.getClass(), loadedAlone(path));
  }

  private static String json(Params stage, String name) {
    Param<Object> param = stage.getParam(name);
    return stage.isDefined(param) ? param.jsonEncode(stage.getOrDefault(param)) : "none";
  }

  // The overload that every Spark from 3.5 has.
  @SuppressWarnings("deprecation")
  private Object loadedAlone(String path) {
    return DefaultParamsReader.loadParamsInstance(path, spark.sparkContext());
  }

  private String saved(Pipeline pipeline) throws IOException {
    String path = folder.resolve("pipeline").toString();
    pipeline.save(path);
    return path;
  }

  @Test
  void copy_extraParams_winAndLeaveTheOriginal() {
    E own = ready().setPrivacyEpsilon(0.5);
    @SuppressWarnings("unchecked")
    E copy = (E) own.copy(new ParamMap().put(own.minWorkers(), 2));

    assertEquals(own.getClass(), copy.getClass());
    assertEquals(own.uid(), copy.uid());
    assertEquals(2, copy.getMinWorkers());
    assertEquals(3, own.getMinWorkers());
    assertEquals("worker", copy.getWorkerCol());
    assertEquals(0.5, copy.getPrivacyEpsilon());
    assertFalse(copy.hasSummary());
    assertThrows(IllegalStateException.class, copy::summary);
  }

  @Test
  void pipeline_assembledFeatures_savedAndLoadedPredictsTheSame() throws IOException {
    E own = ready();
    own.set(own.getParam("featuresCol"), "assembled");
    own.set(own.getParam("regParam"), family() == Family.POISSON ? 0.0 : 0.1);
    PipelineModel model =
        new Pipeline()
            .setStages(
                new PipelineStage[] {
                  new VectorAssembler()
                      .setInputCols(new String[] {"x0", "x1", "x2"})
                      .setOutputCol("assembled"),
                  stage(own)
                })
            .fit(rows);
    String path = folder.resolve("model").toString();
    model.save(path);
    PipelineModel loaded = PipelineModel.load(path);
    Dataset<Row> unlabelled = rows.drop("label", "worker");

    assertTrue(model.stages()[1].getClass().getName().startsWith("org.apache.spark.ml."));
    assertEquals(predictions(model, unlabelled), predictions(loaded, unlabelled));
    assertTrue(predictions(model, unlabelled).stream().distinct().count() > 1);
    assertEquals(
        List.of("worker-0", "worker-1", "worker-2"),
        FederatedSummary.of((Model<?>) model.stages()[1]).orElseThrow().workers());
    assertTrue(FederatedSummary.of((Model<?>) loaded.stages()[1]).isEmpty());
  }

  private static List<Row> predictions(PipelineModel model, Dataset<Row> rows) {
    return model.transform(rows).select("prediction").collectAsList();
  }

  @Test
  void crossValidation_overAMllibParam_choosesAModelWithItsSummary() {
    E own = ready().setRounds(3).setMinWorkers(2);
    boolean penalised = family() != Family.POISSON;
    DoubleParam grid = (DoubleParam) (Object) own.getParam(penalised ? "regParam" : "tol");
    double[] values = {0.01, 1000.0};
    CrossValidatorModel model =
        new CrossValidator()
            .setEstimator(stage(own))
            .setEvaluator(evaluator())
            .setEstimatorParamMaps(new ParamGridBuilder().addGrid(grid, values).build())
            .setNumFolds(2)
            .setSeed(1L)
            .fit(rows);

    assertEquals(2, model.avgMetrics().length);
    assertTrue(FederatedSummary.of((Model<?>) model.bestModel()).isPresent());
    double[] metrics = model.avgMetrics();
    if (penalised) {
      assertNotEquals(metrics[0], metrics[1]);
    }
    boolean isFirst =
        metrics[0] == metrics[1] || metrics[0] > metrics[1] == evaluator().isLargerBetter();
    assertEquals(values[isFirst ? 0 : 1], (double) model.bestModel().parent().getOrDefault(grid));
  }

  @Test
  void fit_vectorsWithoutAFeature_saysSo() {
    Dataset<Row> empty =
        new VectorAssembler().setInputCols(new String[0]).setOutputCol("none").transform(rows);
    E own = ready();
    own.set(own.getParam("featuresCol"), "none");

    String message = assertThrows(DataException.class, () -> stage(own).fit(empty)).getMessage();

    assertTrue(message.contains("column none: must hold at least one feature"), message);
  }

  @Test
  void fit_workerColumnMissing_saysWhichThereAre() {
    IllegalArgumentException unset =
        assertThrows(IllegalArgumentException.class, () -> stage(estimator()).fit(rows));
    assertTrue(unset.getMessage().startsWith("workerCol must be set"), unset.getMessage());
    IllegalArgumentException absent =
        assertThrows(
            IllegalArgumentException.class,
            () -> stage(ready().setWorkerCol("hospital")).fit(rows));
    assertTrue(
        absent
            .getMessage()
            .startsWith("workerCol column hospital does not exist. Columns: features"),
        absent.getMessage());
  }

  @Test
  void fit_schemaOrRowsUnfit_saysSo() {
    assertThrows(IllegalArgumentException.class, () -> stage(ready()).fit(rows.drop("features")));
    DataException fault =
        assertThrows(
            DataException.class,
            () ->
                stage(ready())
                    .fit(
                        rows.withColumn(
                            "label",
                            functions
                                .when(functions.col("worker").equalTo("worker-1"), Double.NaN)
                                .otherwise(functions.col("label")))));
    assertTrue(
        fault.getMessage().contains("worker worker-1, column label: must be a finite number"),
        fault.getMessage());
  }
}
