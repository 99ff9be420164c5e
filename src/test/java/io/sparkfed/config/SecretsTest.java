package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

  private static final String SECRET = "hunter2";

  private static final Map<String, Object> LEAST_OF_JDBC =
      Map.of(
          "data.format", "jdbc",
          "data.path", "rows",
          "data.worker-column", "w",
          "data.label-column", "y",
          "data.feature-columns", List.of("a"));

  @TempDir Path folder;

  private ConfigFiles files;

  @BeforeEach
  void writeInto() {
    files = new ConfigFiles(folder);
  }

  /** Options by which Spark's sources and file systems take their secrets. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.options.password",
        "data.options.Password",
        "predictions.options.passwd",
        "data.options.fs.s3a.secret.key",
        "data.options.fs.s3a.access.key",
        "data.options.fs.s3a.session.token",
        "data.options.accessKey",
        "data.options.access_key",
        "data.options.pem_private_key",
        "data.options.sfCredentials",
        "data.options.\"fs.azure.account.key.store.dfs.core.windows.net\"",
        "data.options.apiKey",
        "data.options.api-key",
        "data.options.passphrase",
        "data.options.pwd",
        "data.options.fs.azure.sas.fixed.token"
      })
  void settings_secretOption_isRedacted(String key) {
    TrainingConfig config = files.load(ConfigFiles.LEAST, "data.format=jdbc", key + "=" + SECRET);

    assertFalse(config.settings().toString().contains(SECRET));
    assertTrue(config.settings().toString().contains("(redacted)"));
    assertTrue(
        config.data().options().containsValue(SECRET)
            || config.predictions().options().containsValue(SECRET));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:postgresql://host/db?user=me&password=hunter2&ssl=true",
        "jdbc:sqlserver://host;user=me;Password=hunter2;encrypt=true",
        "jdbc:mysql://me:hunter2@host:3306/db",
        "mongodb://me:hunter2@host/db"
      })
  void settings_secretInAUrl_isRedactedAndTheRestKept(String url) {
    TrainingConfig config =
        files.load(ConfigFiles.LEAST, "data.format=jdbc", "data.options.url=" + url);
    String settings = config.settings().toString();

    assertFalse(settings.contains(SECRET));
    assertTrue(settings.contains(url.replace(SECRET, "(redacted)")), settings);
    assertEquals(url, config.data().options().get("url"));
  }

  /** The start of a literal that is none: neither refused nor shown. */
  @ParameterizedTest
  @ValueSource(strings = {"[hunter2", "[hunter2 @x]", "{x hunter2}", "\"hunter2", "{hunter2"})
  void settings_passwordThatStartsLikeALiteral_isTakenAsItIs(String password) {
    TrainingConfig config =
        files.load(ConfigFiles.LEAST, "data.format=jdbc", "data.options.password=" + password);

    assertEquals(password, config.data().options().get("password"));
    assertFalse(config.settings().toString().contains(SECRET));
  }

  /** Places of a secret in a value, {@code %s}; beside it what must stay to be of any use. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "jdbc:oracle:thin:scott/%s@//host:1521/service",
        "jdbc:oracle:oci:scott/%s@host:1521:sid",
        "jdbc:oracle:thin:app[scott]/%s@host",
        "scott/%s@db",
        "jdbc:sqlserver://host;user=me;password={%s;more};encrypt=true",
        "jdbc:sqlserver://host;password={%s}}more;x};encrypt=true",
        "jdbc:sqlserver://host;password={a;%s};encrypt=true",
        "jdbc:sqlserver://host;Password = %s;encrypt=true",
        "org.apache.kafka.common.security.plain.PlainLoginModule required username=\"me\""
            + " password=\"%s\";",
        "x required password=\"a\\\"%s\" username=me;",
        "x required password='%s' username='me';",
        "{\"user\":\"me\",\"password\":\"%s\"}",
        "password: %s",
        "<configuration><password>%s</password></configuration>",
        "https://account.blob.core.windows.net/c?sv=2022&sig=%s%%3D&se=2030",
        "https://b.s3.amazonaws.com/k?X-Amz-Date=1&X-Amz-Signature=%s",
        "https://b.s3.amazonaws.com/k?X-Amz-Credential=%s&X-Amz-Date=1",
        "https://storage.googleapis.com/b/k?X-Goog-Signature=%s&x=1",
        "DefaultEndpointsProtocol=https;AccountName=me;AccountKey=%s==;EndpointSuffix=x",
        "Endpoint=sb://x/;SharedAccessKeyName=n;SharedAccessKey=%s=",
        "BlobEndpoint=https://x;SharedAccessSignature=sv=2022&sig=%s",
        "Shared Access Key=%s;x=y",
        "s3a://AK:%s@bucket/rows",
        "s3a://AK:TI/%s@bucket/rows",
        "s3a://AK:%s/GER@bucket/rows",
        "mongodb://me:p@%s@host/db",
        "redis://:%s@host:1",
        "https://%s@github.com/rows.csv",
        "Authorization: Basic %s",
        "authorization=Bearer %s",
        "Bearer %s%s%s",
        "host=h dbname=d password=%s",
        "(DESCRIPTION=(SECURITY=(PASSWORD=%s))(HOST=h))",
        "jdbc:x?user=me%%26password%%3D%s%%26ssl=true",
        "-----BEGIN RSA PRIVATE KEY-----\nMII%s\n-----END RSA PRIVATE KEY-----",
        "jdbc:x?trustStorePassword=%s&keyPass=%s&userPwd=%s&accessToken=%s&client_secret=%s"
      })
  void settings_secretInAText_isInNoSetting(String form) {
    String text = form.replace("%s", SECRET).replace("%%", "%");
    for (Map<String, Object> values :
        List.<Map<String, Object>>of(
            Map.of("data.options.url", text),
            Map.of("predictions.options.x", text),
            Map.of("name", text))) {
      Map<String, Object> all = new HashMap<>(LEAST_OF_JDBC);
      all.putAll(values);
      TrainingConfig config = ConfigLoader.of("run", all, List.of());

      assertFalse(config.settings().toString().contains(SECRET), config.settings().toString());
      assertTrue(config.settings().toString().contains("(redacted)"));
    }
  }

  /** Names of options, in any spelling. */
  @Test
  void settings_secretNamesInAnySpelling_areRedacted() {
    List<List<String>> names =
        List.of(
            List.of("auth"),
            List.of("authorization"),
            List.of("proxy", "authorization"),
            List.of("es", "net", "http", "auth", "pass"),
            List.of("basic", "auth", "user", "info"),
            List.of("sasl", "jaas", "config"),
            List.of("ssl", "keystore", "password"),
            List.of("db", "pwd"),
            List.of("o", "auth", "token"),
            List.of("account", "key"),
            List.of("shared", "access", "key"),
            List.of("sig"),
            List.of("signature"),
            List.of("sas"),
            List.of("session", "cookie"));
    for (List<String> name : names) {
      String camel =
          name.stream()
              .map(word -> word.substring(0, 1).toUpperCase(Locale.ROOT) + word.substring(1))
              .collect(Collectors.joining());
      for (String spelled :
          List.of(
              String.join(".", name),
              String.join("-", name),
              String.join("_", name),
              String.join("_", name).toUpperCase(Locale.ROOT),
              camel,
              camel.substring(0, 1).toLowerCase(Locale.ROOT) + camel.substring(1))) {
        Map<String, Object> all = new HashMap<>(LEAST_OF_JDBC);
        all.put("data.options." + spelled, SECRET);

        String settings = ConfigLoader.of("run", all, List.of()).settings().toString();

        assertFalse(settings.contains(SECRET), spelled);
      }
    }
  }

  /** Keys, salts and single rows' values stand in expressions. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "sha2(concat(id, 'hunter2'), 256)",
        "concat(id, \"hunter2\")",
        "id = 'it''s hunter2' and x > 3",
        "concat(a, /* it's */ 'hunter2')",
        "concat(a, -- it's\n 'hunter2')",
        "concat(`it's`, 'hunter2')",
        "concat(r'C:\\', 'hunter2')",
        "concat('it\\'s', 'hunter2')",
        "x = 'hunter2",
        "aes_encrypt(a, X'hunter2')"
      })
  void settings_textInAnExpression_isShownNowhereAndComparedAllTheSame(String expression) {
    for (String key : List.of("data.where", "data.derive.x", "data.options.query")) {
      ResultSettings first = withExpression(key, expression);
      ResultSettings second = withExpression(key, expression.replace("hunter2", "hunter3"));

      assertFalse(first.values().toString().contains(SECRET), first.values().toString());
      assertThrows(ConfigurationException.class, () -> second.requireSame(first), key);
      withExpression(key, expression).requireSame(first);
    }
  }

  private static ResultSettings withExpression(String key, String expression) {
    Map<String, Object> all = new HashMap<>(LEAST_OF_JDBC);
    all.put(key, expression);
    TrainingConfig config = ConfigLoader.of("run", all, List.of());
    String shown =
        config.settings().stream()
            .filter(setting -> setting.key().equals(key))
            .map(setting -> setting.value())
            .findFirst()
            .orElseThrow();
    assertFalse(shown.contains(SECRET), shown);
    assertTrue(shown.contains("(redacted)"), shown);
    return ResultSettings.of(config);
  }

  /** A result is made of these: numbers, names of columns and formulas stay readable. */
  @Test
  void settings_ofAnAnalysis_areKept() {
    Map<String, Object> all = new HashMap<>(LEAST_OF_JDBC);
    all.remove("data.feature-columns");
    all.remove("data.label-column");
    all.put("data.formula", "y ~ token:age + pass");
    all.put("data.where", "age > 65 and `it's` < 3e-2");
    all.put("data.derive.pass", "age + 1");

    String settings = ConfigLoader.of("run", all, List.of()).settings().toString();

    assertTrue(settings.contains("y ~ token:age + pass"), settings);
    assertTrue(settings.contains("age > 65 and `it's` < 3e-2"), settings);
    assertTrue(settings.contains("age + 1"), settings);
    assertFalse(settings.contains("(redacted)"), settings);
  }

  @Test
  void settings_ordinaryValues_areKept() {
    String settings =
        files.load(ConfigFiles.LEAST, "data.path=hdfs://node:8020/keys/rows.csv").settings() + "";

    assertTrue(settings.contains("hdfs://node:8020/keys/rows.csv"));
    assertFalse(settings.contains("(redacted)"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "data.options.password=[\"hunter2\"]",
        "data.workers=jdbc:mysql://me:hunter2@host/db",
        "data.schema=[\"jdbc:x?password=hunter2\"]",
        "data.options.passwordd.\"\"=[hunter2]",
        "pasword=hunter2",
        "data.options.password:hunter2"
      })
  void refusal_secretInTheValue_isNotInAnyMessage(String assignment) {
    Throwable refused =
        assertThrows(ConfigurationException.class, () -> files.load(ConfigFiles.LEAST, assignment));

    for (Throwable e = refused; e != null; e = e.getCause()) {
      assertFalse(e.toString().contains(SECRET), e.toString());
    }
  }

  @Test
  void refusal_secretSparkProperty_isNotInTheMessage() {
    Path file = files.file(ConfigFiles.LEAST);

    String message =
        assertThrows(
                ConfigurationException.class,
                () ->
                    ConfigLoader.load(
                        file, Map.of("data.options.password", "[\"hunter2\"]"), List.of()))
            .getMessage();

    assertFalse(message.contains(SECRET), message);
  }
}
