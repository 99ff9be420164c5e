package io.sparkfed.spark.rows;

import io.sparkfed.config.DataConfig;
import java.util.ArrayList;
import java.util.List;
import org.apache.spark.api.java.JavaSparkContext;
import org.apache.spark.broadcast.Broadcast;
import org.apache.spark.sql.SparkSession;
import org.apache.spark.util.SerializableConfiguration;
import scala.Tuple2;
import scala.jdk.javaapi.CollectionConverters;

/** Hadoop's settings of a session with those among {@code data.options}, for tasks. */
final class HadoopSettings {
  private HadoopSettings() {}

  static scala.collection.immutable.Map<String, String> options(DataConfig data) {
    List<Tuple2<String, String>> options = new ArrayList<>();
    data.options().forEach((name, value) -> options.add(new Tuple2<>(name, value)));
    return scala.collection.immutable.Map.from(CollectionConverters.asScala(options));
  }

  static Broadcast<SerializableConfiguration> broadcast(SparkSession spark, DataConfig data) {
    return JavaSparkContext.fromSparkContext(spark.sparkContext())
        .broadcast(
            new SerializableConfiguration(
                spark.sessionState().newHadoopConfWithOptions(options(data))));
  }
}
