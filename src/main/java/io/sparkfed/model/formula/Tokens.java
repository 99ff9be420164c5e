package io.sparkfed.model.formula;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The words of a formula, one after the other. */
final class Tokens {
  private static final String NAME = "(?:\\p{L}|\\.(?!\\d))[\\p{L}\\p{N}._]*";

  private static final Pattern TOKEN =
      Pattern.compile(
          "\\s*(?:(?<name>"
              + NAME
              + ")|`(?<quoted>[^`]+)`|(?<number>(?:\\d+\\.?\\d*|\\.\\d+)(?:[eE][-+]?\\d+)?)"
              + "|(?<symbol>%in%|\\*\\*|[-~+:*/^(),]))");

  private final List<Token> tokens = new ArrayList<>();
  private int next;

  /** What a token is. */
  enum Kind {
    NAME,
    NUMBER,
    SYMBOL,
    END
  }

  /**
   * A token.
   *
   * @param text the name without its backticks, or the number or symbol
   * @param position of its first character, from 1
   */
  record Token(Kind kind, String text, int position) {
    boolean is(String symbol) {
      return kind == Kind.SYMBOL && text.equals(symbol);
    }

    FormulaException broken(String rule) {
      return new FormulaException(position, rule);
    }
  }

  Tokens(String formula) {
    String text = formula.stripTrailing();
    Matcher matcher = TOKEN.matcher(text);
    int at = 0;
    while (at < text.length()) {
      if (!matcher.find(at) || matcher.start() != at) {
        int position = at + 1;
        while (Character.isWhitespace(text.charAt(position - 1))) {
          position++;
        }
        String character = text.substring(position - 1, position);
        throw new FormulaException(
            position,
            "a name, a number or one of ~ + - : * / ^ %in% ( ) is needed here, not "
                + character
                + (character.equals("`") ? " without its other one" : ""));
      }
      tokens.add(token(matcher));
      at = matcher.end();
    }
    tokens.add(new Token(Kind.END, "", text.length() + 1));
  }

  private static Token token(Matcher matcher) {
    if (matcher.group("name") != null) {
      return new Token(Kind.NAME, matcher.group("name"), matcher.start("name") + 1);
    }
    if (matcher.group("quoted") != null) {
      return new Token(Kind.NAME, matcher.group("quoted"), matcher.start("quoted"));
    }
    if (matcher.group("number") != null) {
      return new Token(Kind.NUMBER, matcher.group("number"), matcher.start("number") + 1);
    }
    String symbol = matcher.group("symbol");
    return new Token(Kind.SYMBOL, symbol.equals("**") ? "^" : symbol, matcher.start("symbol") + 1);
  }

  /** Whether a name needs no backticks. */
  static boolean isName(String text) {
    return text.matches(NAME) && !text.equals(".");
  }

  Token peek() {
    return tokens.get(next);
  }

  Token after() {
    return tokens.get(Math.min(next + 1, tokens.size() - 1));
  }

  Token take() {
    Token token = peek();
    next = Math.min(next + 1, tokens.size() - 1);
    return token;
  }

  /** Takes the next token if it is this symbol. */
  boolean takes(String symbol) {
    boolean is = peek().is(symbol);
    if (is) {
      take();
    }
    return is;
  }

  void require(String symbol) {
    if (!takes(symbol)) {
      throw peek().broken("a " + symbol + " is needed here");
    }
  }
}
