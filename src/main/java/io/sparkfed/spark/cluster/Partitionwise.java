package io.sparkfed.spark.cluster;

import java.io.Serializable;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.stream.IntStream;
import org.apache.spark.TaskContext;
import org.apache.spark.api.java.JavaRDD;
import org.apache.spark.rdd.RDD;
import scala.Function1;
import scala.Function2;
import scala.jdk.javaapi.CollectionConverters;
import scala.reflect.ClassTag;
import scala.reflect.ClassTag$;

/**
 * Operators on partitions, and their elements collected, by functions of a class with a name. Of
 * each lambda Spark reads the class around it, bytecode and all, to see whether it returns early;
 * those of its own operators are its largest classes. In a short run that costs more than the jobs.
 */
public final class Partitionwise {
  private Partitionwise() {}

  /**
   * What a task makes of its partition.
   *
   * @param <T> type of its elements
   * @param <R> type of what is made
   */
  public interface Body<T, R> extends Serializable {
    /** Returns what is made; may be lazy. */
    Iterator<R> of(Iterator<T> partition);
  }

  /**
   * What a task makes of an element.
   *
   * @param <T> its type
   * @param <R> type of what is made
   */
  public interface Element<T, R> extends Serializable {
    /** Returns what is made. */
    R of(T element);
  }

  /**
   * The same, of a partition whose number is of interest.
   *
   * @param <T> type of its elements
   * @param <R> type of what is made
   */
  public interface NumberedBody<T, R> extends Serializable {
    /** Returns what is made; may be lazy. */
    Iterator<R> of(int number, Iterator<T> partition);
  }

  /** Returns what {@code body} makes of each partition. */
  public static <T, R> JavaRDD<R> mapped(JavaRDD<T> rdd, Body<T, R> body) {
    RDD<R> made =
        rdd.rdd().mapPartitions(new Named<>(body), /* preservesPartitioning= */ false, tag());
    return made.toJavaRDD();
  }

  /** Returns what {@code element} makes of each element. */
  public static <T, R> JavaRDD<R> each(JavaRDD<T> rdd, Element<T, R> element) {
    RDD<R> made = rdd.rdd().map(new NamedElement<>(element), tag());
    return made.toJavaRDD();
  }

  /** Returns what {@code body} makes of each partition. */
  public static <T, R> JavaRDD<R> mappedByNumber(JavaRDD<T> rdd, NumberedBody<T, R> body) {
    RDD<R> made =
        rdd.rdd()
            .mapPartitionsWithIndex(
                new NumberedNamed<>(body), /* preservesPartitioning= */ false, tag());
    return made.toJavaRDD();
  }

  /** Returns the elements, in the order of their partitions. */
  public static <T> List<T> collected(JavaRDD<T> rdd) {
    List<Object> partitions =
        IntStream.range(0, rdd.getNumPartitions()).<Object>mapToObj(k -> k).toList();
    ClassTag<Object[]> arrays = ClassTag$.MODULE$.apply(Object[].class);
    // Scala's arrays of what is known to Java as an object are of just that class.
    Object[][] collected =
        (Object[][])
            rdd.context()
                .runJob(
                    rdd.rdd(),
                    new Collecting<T>(),
                    CollectionConverters.asScala(partitions).toSeq(),
                    arrays);
    @SuppressWarnings("unchecked")
    List<T> elements = (List<T>) Arrays.stream(collected).flatMap(Arrays::stream).toList();
    return elements;
  }

  private static <T> ClassTag<T> tag() {
    return ClassTag$.MODULE$.apply(Object.class);
  }

  private record NamedElement<T, R>(Element<T, R> element)
      implements Function1<T, R>, Serializable {
    @Override
    public R apply(T one) {
      return element.of(one);
    }
  }

  private record Named<T, R>(Body<T, R> body)
      implements Function1<scala.collection.Iterator<T>, scala.collection.Iterator<R>>,
          Serializable {
    @Override
    public scala.collection.Iterator<R> apply(scala.collection.Iterator<T> partition) {
      return CollectionConverters.asScala(body.of(CollectionConverters.asJava(partition)));
    }
  }

  private record NumberedNamed<T, R>(NumberedBody<T, R> body)
      implements Function2<Object, scala.collection.Iterator<T>, scala.collection.Iterator<R>>,
          Serializable {
    @Override
    public scala.collection.Iterator<R> apply(
        Object number, scala.collection.Iterator<T> partition) {
      return CollectionConverters.asScala(
          body.of((Integer) number, CollectionConverters.asJava(partition)));
    }
  }

  private record Collecting<T>()
      implements Function2<TaskContext, scala.collection.Iterator<T>, Object[]>, Serializable {
    @Override
    public Object[] apply(TaskContext task, scala.collection.Iterator<T> partition) {
      List<T> elements = new ArrayList<>();
      CollectionConverters.asJava(partition).forEachRemaining(elements::add);
      return elements.toArray();
    }
  }
}
