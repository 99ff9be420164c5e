package io.sparkfed.report;

import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Finds things in a rendered report. */
final class ReportPage {

  private ReportPage() {}

  /** Returns the data that the charts are drawn from. */
  static JsonNode embedded(String page) throws Exception {
    Matcher matcher =
        Pattern.compile(
                "<script type=\"application/json\" id=\"chart-data\">(.*?)</script>",
                Pattern.DOTALL)
            .matcher(page);
    assertTrue(matcher.find());
    return new ObjectMapper().readTree(matcher.group(1));
  }

  /** Returns one series of one chart. */
  static JsonNode series(JsonNode data, String chart, String label) {
    JsonNode found = null;
    for (JsonNode one : data.get("charts")) {
      if (one.get("id").textValue().equals(chart)) {
        for (JsonNode series : one.get("series")) {
          found = series.get("label").textValue().equals(label) ? series : found;
        }
      }
    }
    assertNotNull(found, chart + " " + label);
    return found;
  }

  /** Returns the value of a key figure. */
  static String keyFigure(String page, String label) {
    Matcher matcher =
        Pattern.compile("<dt>" + Pattern.quote(label) + "</dt><dd>(.*?)</dd>").matcher(page);
    assertTrue(matcher.find(), label);
    return matcher.group(1);
  }

  /** Returns the numbers of the first table row with this heading. */
  static List<String> tableRow(String page, String heading) {
    Matcher row =
        Pattern.compile("<tr><th scope=\"row\">" + Pattern.quote(heading) + "</th>(.*?)</tr>")
            .matcher(page);
    assertTrue(row.find(), heading);
    Matcher cell = Pattern.compile("<td class=\"n\">(.*?)</td>").matcher(row.group(1));
    return cell.results().map(result -> result.group(1)).toList();
  }

  /** Counts matches in the page. */
  static long occurrences(String page, String regex) {
    // The library's code is left out: it holds names of elements too.
    return Pattern.compile(regex)
        .matcher(page.replaceAll("var uPlot=[^\n]*", ""))
        .results()
        .count();
  }
}
