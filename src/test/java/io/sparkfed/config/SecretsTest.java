package io.sparkfed.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SecretsTest {

  private static final String SECRET = "hunter2";

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
