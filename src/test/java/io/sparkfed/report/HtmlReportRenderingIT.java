package io.sparkfed.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.sparkfed.evaluation.FitStatistics;
import io.sparkfed.evaluation.FitStatistics.Coefficient;
import io.sparkfed.evaluation.HiddenUnit;
import io.sparkfed.evaluation.RoundSummary;
import io.sparkfed.report.HeadlessBrowser.Page;
import io.sparkfed.testing.Measured;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * The report in a browser: drawn, readable on a phone, in light and dark, without a network. The
 * pictures are left in {@code target/report-screenshots} to be looked at.
 */
class HtmlReportRenderingIT {
  private static final Path PICTURES = Path.of("target", "report-screenshots");
  private static final int PHONE = 390;

  /** Below it text is hard to read (WCAG 2.1, level AA). */
  private static final double LEAST_CONTRAST = 4.5;

  @TempDir static Path folder;

  private static HeadlessBrowser browser;
  private static Path html;

  @BeforeAll
  static void start() throws Exception {
    Optional<Path> binary = HeadlessBrowser.find();
    assumeTrue(binary.isPresent(), "no chromium, chromium-browser or google-chrome on the PATH");
    html = Files.writeString(folder.resolve("report.html"), HtmlReport.render(eventfulRun()));
    browser = HeadlessBrowser.start(binary.get(), Files.createDirectory(folder.resolve("profile")));
  }

  @AfterAll
  static void stop() throws Exception {
    if (browser != null) {
      browser.close();
    }
  }

  /** A run with all that a report can show, and texts that are long. */
  private static RunReport eventfulRun() {
    ReportRun run = new ReportRun();
    run.name = "a-name-without-any-place-to-break-it-that-is-longer-than-a-phone-is-wide";
    run.privacy = Optional.of(ReportPrivacyTest.account(HiddenUnit.ROW, 0.0983697, 3, 2));
    List<RoundSummary> rounds = new ArrayList<>();
    for (int k = 0; k <= 30; k++) {
      double loss = 0.4 + 0.3 * Math.exp(-k / 6.0);
      Map<String, Double> phases = new LinkedHashMap<>();
      if (k % 10 == 1) {
        phases.put("advertise", 0.2);
      }
      phases.put("work", 0.3 + 0.02 * (k % 5));
      phases.put("unmask", 0.3);
      phases.put("driver", 0.05);
      double seconds = phases.values().stream().mapToDouble(Double::doubleValue).sum();
      rounds.add(
          new RoundSummary(
              k,
              k == 0 ? 0 : k % 7 == 3 ? 8 : 10,
              k % 7 == 3 ? 2 : 0,
              loss,
              ReportRun.metrics("logLoss", loss, "accuracy", 1 - loss / 2, "auc", 1 - loss / 3),
              ReportRun.metrics(
                  "logLoss", loss + 0.03, "accuracy", 0.98 - loss / 2, "auc", 0.97 - loss / 3),
              k == 0 ? 0 : seconds,
              Measured.of(k == 4 ? 17 : 0, k % 9 == 5 ? 1 : 0, k == 0 ? 0 : 123_456),
              k == 0 ? Map.of() : phases));
    }
    run.rounds = rounds;
    run.train = rounds.get(30).trainMetrics();
    run.test = rounds.get(30).testMetrics();
    List<String> features = IntStream.range(0, 12).mapToObj(j -> "feature_" + j).toList();
    List<Double> weights = IntStream.range(0, 12).mapToObj(j -> Math.sin(j * 1.7)).toList();
    run.model = ReportRun.model("logistic", features, weights, 0.3, "federated");
    List<Coefficient> coefficients = new ArrayList<>();
    for (int j = 0; j < 12; j++) {
      double error = 0.05 + 0.04 * j;
      double w = weights.get(j);
      coefficients.add(
          new Coefficient(
              features.get(j), w, error, w / error, 0.04, w - 1.96 * error, w + 1.96 * error));
    }
    run.statistics =
        Optional.of(
            new FitStatistics(
                486,
                13,
                473,
                485,
                406.3,
                673.1,
                1,
                -203.2,
                434.3,
                0.4,
                "z",
                0.95,
                false,
                coefficients));
    run.cohort =
        ReportRun.cohort(
            IntStream.range(0, 40).mapToObj(w -> "hospital-" + w).toList(),
            Map.of("a-reason-with-a-long-name".repeat(5), 3),
            "read in place: no row moved");
    run.notes = List.of("WARNING: " + "something-long-".repeat(20));
    run.configuration =
        IntStream.range(0, 30)
            .mapToObj(
                k ->
                    new RunReport.Setting(
                        "data.some.long.key.number." + k,
                        "/a/path/that/is/long/".repeat(4),
                        "/etc/federation/configurations/of/a/team/run.conf: " + k))
            .toList();
    return run.report();
  }

  @ParameterizedTest
  @CsvSource({"light,1200,false", "dark,1200,true", "phone,390,false", "phone-dark,390,true"})
  void report_inABrowser_isDrawnWholeAndAsksForNothing(String name, int width, boolean dark)
      throws Exception {
    Page page = browser.open(html, width, 900, dark);
    page.screenshot(PICTURES.resolve(name + ".png"));

    JsonNode charts =
        page.evaluate(
            """
            [...document.querySelectorAll(".chart")].map(box => {
              const canvas = box.querySelector("canvas");
              if (!canvas) return { id: box.id, width: 0, height: 0, inked: 0 };
              const pixels = canvas.getContext("2d")
                .getImageData(0, 0, canvas.width, canvas.height).data;
              let inked = 0;
              for (let i = 3; i < pixels.length; i += 4) inked += pixels[i] > 0 ? 1 : 0;
              return { id: box.id, width: canvas.clientWidth, height: canvas.clientHeight, inked };
            })
            """);
    List<String> ids = new ArrayList<>();
    for (JsonNode chart : charts) {
      ids.add(chart.path("id").asText());
      assertTrue(chart.path("width").asInt() > 200, chart.toString());
      assertTrue(chart.path("height").asInt() > 150, chart.toString());
      assertTrue(chart.path("inked").asInt() > 2000, chart.toString());
    }
    assertEquals(
        List.of(
            "chart-loss",
            "chart-accuracy",
            "chart-workers",
            "chart-saturated",
            "chart-clipped",
            "chart-seconds"),
        ids);
    // Where the two schemes are told apart, and text against what is behind it.
    double paper = luminance(page, "getComputedStyle(document.body).backgroundColor");
    assertEquals(dark, paper < 0.2, name + " " + paper);
    for (String text : List.of("body", ".muted", ".badge", "summary", "figcaption", ".data th")) {
      double ink =
          luminance(page, "getComputedStyle(document.querySelector('" + text + "')).color");
      double contrast = (Math.max(ink, paper) + 0.05) / (Math.min(ink, paper) + 0.05);
      assertTrue(contrast >= LEAST_CONTRAST, text + " " + contrast);
    }
    assertEquals(List.of(), page.complaints());
    assertEquals(List.of(html.toUri().toString()), page.requests());
  }

  @ParameterizedTest
  @CsvSource({"320", "390", "768", "1200"})
  void report_ofAnyWidth_doesNotScrollSideways(int width) throws Exception {
    Page page = browser.open(html, width, 844, false);
    page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true; }) ?? 0");

    assertEquals(
        width, page.evaluate("document.documentElement.scrollWidth").asInt(), "scrollWidth");
    JsonNode outside =
        page.evaluate(
            """
            [...document.querySelectorAll("body *")]
              .filter(e => !e.closest(".scroll, .uplot") && e.getBoundingClientRect().width > 0
                && e.getBoundingClientRect().right > innerWidth + 0.5)
              .map(e => e.outerHTML.slice(0, 80))
            """);
    assertEquals("[]", outside.toString());
    if (width == PHONE) {
      page.screenshot(PICTURES.resolve("phone-unfolded.png"));
    }
  }

  @Test
  void report_schemeChanged_isDrawnAnewInItsColours() throws Exception {
    Page page = browser.open(html, 800, 900, false);
    String pixels =
        "[...document.querySelectorAll('canvas')].map(c => c.toDataURL().length + c.toDataURL()"
            + ".slice(-200))";
    JsonNode light = page.evaluate(pixels);

    page.call(
        "Emulation.setEmulatedMedia",
        Map.of("features", List.of(Map.of("name", "prefers-color-scheme", "value", "dark"))));

    // The page hears of it with its next frame.
    JsonNode dark = page.evaluate(pixels);
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (light.equals(dark) && System.nanoTime() < deadline) {
      page.screenshot(PICTURES.resolve("changed-to-dark.png"));
      dark = page.evaluate(pixels);
    }
    assertEquals(light.size(), dark.size());
    assertFalse(light.equals(dark));
  }

  /** Relative luminance of a CSS color, from 0 to 1. */
  private static double luminance(Page page, String colour) throws Exception {
    JsonNode rgb = page.evaluate(colour + ".match(/[0-9.]+/g).slice(0, 3).map(Number)");
    double[] weights = {0.2126, 0.7152, 0.0722};
    double sum = 0.0;
    for (int i = 0; i < weights.length; i++) {
      double value = rgb.path(i).asDouble() / 255.0;
      sum +=
          weights[i] * (value <= 0.03928 ? value / 12.92 : Math.pow((value + 0.055) / 1.055, 2.4));
    }
    return sum;
  }
}
