package io.sparkfed.federated.exact;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sparkfed.data.DataException;
import io.sparkfed.federated.PlanBuilder;
import io.sparkfed.federated.TrainingResult;
import io.sparkfed.model.Family;
import io.sparkfed.server.ExactOptimizer;
import io.sparkfed.server.Newton;
import io.sparkfed.server.NormalEquations;
import io.sparkfed.testing.InKeys;
import io.sparkfed.testing.Table;
import io.sparkfed.testing.TestData;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** NIST's Statistical Reference Datasets: least squares with certified coefficients. */
class CertifiedLeastSquaresTest {

  /**
   * Largest relative error of a coefficient. Wampler's polynomials are warned about; his fifth has
   * residuals a thousand times the size of what is to be found.
   */
  @ParameterizedTest
  @CsvSource({
    "Norris, 1, true, 1e-10",
    "NoInt1, 1, false, 1e-10",
    "NoInt2, 1, false, 1e-10",
    "Pontius, 2, true, 1e-10",
    "Longley, 6, true, 1e-9",
    "Wampler1, 5, true, 1e-6",
    "Wampler2, 5, true, 1e-6",
    "Wampler3, 5, true, 1e-6",
    "Wampler4, 5, true, 1e-6",
    "Wampler5, 5, true, 1e-5"
  })
  void train_splitOverThreeWorkers_hasTheCertifiedCoefficients(
      String name, int features, boolean intercept, double error) throws IOException {
    for (ExactOptimizer optimizer : List.of(new NormalEquations(), new Newton(1e-12))) {
      TrainingResult result = plan(optimizer, features, intercept).train(workers(name, features));

      assertTrue(result.divergence().isEmpty());
      double[] model = result.model().values();
      double[] certified = certified(name, features, intercept);
      double worst = 0.0;
      for (int j = 0; j < certified.length; j++) {
        worst = Math.max(worst, Math.abs(model[j] / certified[j] - 1.0));
      }
      boolean warned =
          InKeys.said(result.notes()).stream().anyMatch(note -> note.contains("condition number"));
      assertEquals(name.startsWith("Wampler"), warned, result.notes().toString());
      assertTrue(worst <= error, name + " " + optimizer + ": relative error " + worst);
    }
  }

  /** A polynomial of degree 10: the correlations of its columns are 1 within rounding. */
  @Test
  void train_filip_isRefused() {
    Map<String, Table> workers = workers("Filip", 10);

    String message =
        InKeys.said(
            assertThrows(
                DataException.class, () -> plan(new NormalEquations(), 10, true).train(workers)));
    assertTrue(
        message.contains("must not be linear combinations of each other within rounding"), message);
    assertTrue(message.contains("model.l2"), message);
    assertEquals(
        DataException.class,
        assertThrows(RuntimeException.class, () -> plan(new Newton(1e-12), 10, true).train(workers))
            .getClass());
  }

  private static PlanBuilder plan(ExactOptimizer optimizer, int features, boolean intercept) {
    PlanBuilder plan =
        new PlanBuilder().family(Family.LINEAR).features(features).rounds(20).optimizer(optimizer);
    return intercept ? plan : plan.withoutIntercept();
  }

  /** The columns of the file, or the powers of its only one. */
  private static Map<String, Table> workers(String name, int features) {
    List<Map<String, String>> rows = TestData.csv("nist-strd/" + name + ".csv");
    double[][] x = new double[rows.size()][features];
    double[] y = new double[rows.size()];
    for (int i = 0; i < y.length; i++) {
      Map<String, String> row = rows.get(i);
      y[i] = Double.parseDouble(row.get("y"));
      for (int j = 0; j < features; j++) {
        x[i][j] =
            row.containsKey("x")
                ? Math.pow(Double.parseDouble(row.get("x")), j + 1)
                : Double.parseDouble(row.get("x" + (j + 1)));
      }
    }
    return PlanBuilder.deal(Table.of(x, y), 3);
  }

  /** Weights first, then the intercept. */
  private static double[] certified(String name, int features, boolean intercept)
      throws IOException {
    JsonNode beta =
        new ObjectMapper()
            .readTree(TestData.file("nist-strd/certified.json").toFile())
            .path(name)
            .path("exact_rational_beta");
    assertEquals(features + (intercept ? 1 : 0), beta.size());
    double[] values = new double[beta.size()];
    for (int j = 0; j < values.length; j++) {
      int at = intercept ? (j + 1) % values.length : j;
      values[j] = beta.get(at).asDouble();
    }
    return values;
  }
}
