package io.sparkfed.agent;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AgentAddressTest {
  @Test
  void parse_eachForm_isPrintedAsItIsReadAgain() {
    assertEquals(new AgentAddress.UnixSocket("/run/x/a.sock"), AgentAddress.parse("/run/x/a.sock"));
    for (String text :
        new String[] {"unix:/run/x/a.sock", "tls:node-1:7443", "tls:[::1]:1", "tls:10.0.0.1:0"}) {
      assertEquals(text, AgentAddress.parse(text).toString());
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "a.sock",
        "unix:a.sock",
        "unix:",
        "/run/",
        "/run/a\0",
        "tls:",
        "tls:host",
        "tls::1",
        "tls:host:",
        "tls:host:65536",
        "tls:host:-1",
        "tls:a b:1",
        "http:host:1"
      })
  void parse_anythingElse_isRefused(String text) {
    assertThrows(IllegalArgumentException.class, () -> AgentAddress.parse(text));
  }

  @Test
  void unixSocket_longerThanTheKernelTakes_isRefusedByItsBytes() {
    // 1 + 2 * 50 + 1 + 4 = 106 bytes.
    String longest = "/" + "ü".repeat(50) + "/sock";
    assertEquals("unix:" + longest, AgentAddress.parse(longest).toString());
    assertThrows(IllegalArgumentException.class, () -> AgentAddress.parse(longest + "s"));
  }
}
