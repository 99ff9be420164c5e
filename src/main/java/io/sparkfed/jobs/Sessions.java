package io.sparkfed.jobs;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.util.Collections;
import java.util.Enumeration;
import java.util.Map;
import org.apache.spark.SparkConf;
import org.apache.spark.SparkContext;
import org.apache.spark.SparkContext$;
import org.apache.spark.sql.SparkSession;
import scala.Option;

/**
 * Sessions, opened and stopped without Spark's entry point for both its kinds of them, which takes
 * most of a second at the start of a process to find by reflection which of them is there.
 */
final class Sessions {
  private static final String CLASSIC = "org.apache.spark.sql.classic.SparkSession";

  /** A flag of Spark's own, which its builder of sessions overlooks. */
  private static final String FINDS_EXTENSIONS = "spark.sql.extensions.test.loadFromCp";

  private static final String EXTENSIONS =
      "META-INF/services/org.apache.spark.sql.SparkSessionExtensionsProvider";

  private Sessions() {}

  /**
   * Returns the session of this process, which is opened if there is none.
   *
   * @throws Exception as Spark's, if it can't be
   */
  static SparkSession of(Map<String, Object> settings) throws Exception {
    Class<?> classic;
    try {
      classic = Class.forName(CLASSIC);
    } catch (ClassNotFoundException e) {
      // Spark 3 has one kind of sessions.
      return SparkSession.builder().config(settings).getOrCreate();
    }
    ClassLoader loader = Thread.currentThread().getContextClassLoader();
    if (!withAll(settings).getBoolean(FINDS_EXTENSIONS, true)) {
      Thread.currentThread().setContextClassLoader(new WithoutExtensions(loader));
    }
    try {
      Object builder = classic.getMethod("builder").invoke(null);
      builder = builder.getClass().getMethod("config", Map.class).invoke(builder, settings);
      return (SparkSession) builder.getClass().getMethod("getOrCreate").invoke(builder);
    } catch (InvocationTargetException e) {
      if (e.getCause() instanceof Exception cause) {
        throw cause;
      }
      throw e;
    } finally {
      Thread.currentThread().setContextClassLoader(loader);
    }
  }

  private static SparkConf withAll(Map<String, Object> settings) {
    SparkConf conf = new SparkConf();
    settings.forEach((name, value) -> conf.set(name, (String) value));
    return conf;
  }

  /** Whether a session may be open already. */
  static boolean areThere() {
    return active().isDefined();
  }

  /** Stops whatever session is open. */
  static void stop() {
    Option<SparkContext> active = active();
    if (active.isDefined()) {
      active.get().stop();
    }
  }

  /** Hides what extends sessions by being there. */
  private static final class WithoutExtensions extends ClassLoader {
    WithoutExtensions(ClassLoader all) {
      super(all);
    }

    @Override
    public Enumeration<URL> getResources(String name) throws IOException {
      return name.equals(EXTENSIONS) ? Collections.emptyEnumeration() : super.getResources(name);
    }
  }

  private static Option<SparkContext> active() {
    return SparkContext$.MODULE$.getActive();
  }
}
