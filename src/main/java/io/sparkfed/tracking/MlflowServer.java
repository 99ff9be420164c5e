package io.sparkfed.tracking;

import java.io.IOException;
import java.time.Duration;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.mlflow.tracking.MlflowClient;
import org.mlflow.tracking.MlflowHttpException;

/**
 * A tracking server that must answer in time. MLflow's client has no timeouts: who asks waits for a
 * thread of its own, and leaves it when the time is over. For one asking thread at a time.
 */
final class MlflowServer {
  private static final Pattern MESSAGE =
      Pattern.compile("\"message\"\\s*:\\s*\"((?:[^\"\\\\]|\\\\.)*)\"");
  private static final int LONGEST_MESSAGE = 300;

  private final String uri;
  private final Duration timeout;
  private MlflowClient client;

  /**
   * Names the server; asks nothing yet.
   *
   * @param timeout how long an answer is waited for
   */
  MlflowServer(String uri, Duration timeout) {
    this.uri = uri;
    this.timeout = timeout;
  }

  /** The server has answered, and refuses. */
  static final class Refusal extends IOException {
    private static final long serialVersionUID = 1L;

    private final int status;

    Refusal(int status, String message, Throwable cause) {
      super(message, cause);
      this.status = status;
    }

    /** Returns the status of the answer, 400 or above. */
    int status() {
      return status;
    }
  }

  /** Returns how long an answer is waited for. */
  Duration timeout() {
    return timeout;
  }

  /** Returns the server's address. */
  String uri() {
    return uri;
  }

  /**
   * Asks, and waits for the answer.
   *
   * @throws Refusal if the server refuses
   * @throws IOException if it can't be reached, or doesn't answer in time
   */
  <T> T ask(Function<MlflowClient, T> question) throws IOException {
    if (client == null) {
      client = new MlflowClient(uri);
    }
    MlflowClient asked = client;
    FutureTask<T> answer = new FutureTask<>(() -> question.apply(asked));
    startDaemon("mlflow request", answer);
    try {
      return answer.get(timeout.toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      giveUp();
      throw new IOException(
          saying("does not answer within " + timeout.toMillis() / 1000.0 + " seconds"), e);
    } catch (InterruptedException e) {
      giveUp();
      Thread.currentThread().interrupt();
      throw new IOException(saying("gave no answer before this was interrupted"), e);
    } catch (ExecutionException e) {
      throw failure(e.getCause());
    }
  }

  /** Closes the connections under whoever still waits for an answer. */
  private void giveUp() {
    startDaemon("mlflow close", client::close);
    client = null;
  }

  /** Closes the connections. */
  void close() {
    if (client != null) {
      giveUp();
    }
  }

  private static void startDaemon(String name, Runnable work) {
    Thread thread = new Thread(work, name);
    thread.setDaemon(true);
    thread.start();
  }

  private IOException failure(Throwable cause) {
    if (cause instanceof MlflowHttpException refusal) {
      return new Refusal(
          refusal.getStatusCode(),
          saying("answers " + refusal.getStatusCode() + ": " + message(refusal)),
          cause);
    }
    Throwable root = cause;
    while (root.getCause() != null && !(root instanceof IOException)) {
      root = root.getCause();
    }
    String why = root instanceof IOException ? root.getMessage() : root.toString();
    return new IOException(saying("can't be reached: " + why), cause);
  }

  private String saying(String what) {
    return "the tracking server " + uri + " (tracking.mlflow.uri) " + what;
  }

  /** Returns what the server says, without the JSON around it. */
  private static String message(MlflowHttpException refusal) {
    String body = String.valueOf(refusal.getBodyMessage());
    Matcher found = MESSAGE.matcher(body);
    String said = found.find() ? found.group(1).replace("\\\"", "\"") : body;
    String line = said.lines().findFirst().orElse("").strip();
    String shown = line.isEmpty() ? String.valueOf(refusal.getReasonPhrase()) : line;
    return shown.length() <= LONGEST_MESSAGE ? shown : shown.substring(0, LONGEST_MESSAGE) + "...";
  }
}
