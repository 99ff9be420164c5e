package io.sparkfed.it;

import org.apache.spark.sql.SparkSession;
import org.junit.jupiter.api.extension.AfterAllCallback;
import org.junit.jupiter.api.extension.ExtensionContext;
import scala.Option;

/**
 * Stops what is left of Spark after each test class of the integration tests: the next class of the
 * same JVM would get that session, on another master than it asks for. Classes nested in a test
 * class share its session. Registered for all of them as a service.
 */
public final class SparkStopper implements AfterAllCallback {
  @Override
  public void afterAll(ExtensionContext context) {
    if (context.getRequiredTestClass().isMemberClass()) {
      return;
    }
    Option<SparkSession> left = SparkSession.getDefaultSession();
    if (left.isDefined()) {
      left.get().stop();
    }
  }
}
