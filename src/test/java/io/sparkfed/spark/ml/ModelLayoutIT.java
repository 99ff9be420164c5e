package io.sparkfed.spark.ml;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sparkfed.config.DataConfig;
import io.sparkfed.model.Coefficients;
import io.sparkfed.model.Family;
import io.sparkfed.model.ModelShape;
import io.sparkfed.model.Response;
import io.sparkfed.spark.rows.LocalTraining;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.apache.spark.ml.Model;
import org.apache.spark.ml.util.MLWritable;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Models are laid out as MLlib's own writers do it. */
@Timeout(300)
class ModelLayoutIT {
  private static final int FEATURES = 3;
  private static final int CLASSES = 4;

  @TempDir Path folder;

  @ParameterizedTest
  @EnumSource(Family.class)
  void model_isWhatMllibsWriterWrites(Family family) throws Exception {
    SparkSession spark = LocalTraining.session(2);
    Model<?> model = model(family);
    String theirs = folder.resolve("theirs").toString();
    String ours = folder.resolve("ours").toString();
    ((MLWritable) model).write().session(spark).save(theirs);
    ModelLayout.data(spark, model).write().parquet(ours);

    Dataset<Row> expected = spark.read().parquet(theirs + "/data");
    Dataset<Row> written = spark.read().parquet(ours);
    assertEquals(expected.schema(), written.schema());
    assertEquals(expected.collectAsList(), written.collectAsList());
    List<Row> lines = spark.read().text(theirs + "/metadata").collectAsList();
    assertEquals(1, lines.size());
    assertEquals(timeless(lines.get(0).getString(0)), timeless(ModelLayout.metadata(spark, model)));
  }

  private static Model<?> model(Family family) {
    int outputs = family.loss(CLASSES, 1.0).outputs();
    ModelShape shape = new ModelShape(FEATURES, true, outputs);
    double[] values =
        IntStream.range(0, shape.size()).mapToDouble(k -> k == 1 ? 0.0 : 0.5 - k).toArray();
    return MllibModels.of(
        new Response(family, family.loss(CLASSES, 1.0)),
        new Coefficients(shape, values),
        "uid-of-" + family,
        new DataConfig.Columns(
            "the \"label\"",
            List.of(),
            Optional.of("x"),
            Optional.empty(),
            Optional.of("offset"),
            Optional.empty()));
  }

  private static JsonNode timeless(String metadata) throws Exception {
    ObjectNode node = (ObjectNode) new ObjectMapper().readTree(metadata);
    node.remove("timestamp");
    return node;
  }
}
