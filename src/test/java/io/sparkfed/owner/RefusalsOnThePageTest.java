package io.sparkfed.owner;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.aggregate.OwnersRule;
import io.sparkfed.pages.Page;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The tables of the page for owners and analysts have each rule by which owners refuse. */
class RefusalsOnThePageTest {
  private static final Pattern CODE = Pattern.compile("`([^`]+)`");
  private static final String OF_A_DATA_SET = "data.NAME.…";

  /** Returns the names in the first column of the table after a line that begins so. */
  private static List<String> table(String head) {
    List<String> prose = Page.named("owners.md").prose();
    int start = 0;
    while (!prose.get(start).startsWith(head)) {
      start++;
    }
    return prose.stream()
        .skip(start + 2)
        .takeWhile(line -> line.startsWith("|"))
        .map(line -> line.split("\\|", -1)[1])
        .flatMap(cell -> CODE.matcher(cell).results())
        .map(code -> code.group(1))
        .toList();
  }

  @Test
  void refusals_ofThePage_areTheRulesThereAre() {
    Set<String> rules =
        Stream.of(
                Arrays.stream(OwnersRule.values()).map(OwnersRule::key),
                Arrays.stream(QuestionRule.values()).map(QuestionRule::key),
                Stream.of(OF_A_DATA_SET))
            .flatMap(keys -> keys)
            .collect(Collectors.toCollection(TreeSet::new));
    List<String> said = table("| rule ");

    assertEquals(rules, new TreeSet<>(said));
    assertEquals(rules.size(), said.size(), "a rule comes twice");
  }
}
