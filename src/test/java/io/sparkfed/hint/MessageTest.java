package io.sparkfed.hint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.sparkfed.aggregate.CohortException;
import io.sparkfed.data.DataException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.ObjectInputStream;
import java.io.ObjectOutputStream;
import org.junit.jupiter.api.Test;

class MessageTest {
  private static final Message RAISE = Message.of("raise ", Hint.L2);

  @Test
  void in_hintsOfMessagesInside_areWorded() {
    Message message = Message.of("round ", 3, ": ", RAISE, ", or more ", Hint.ROUNDS);

    assertEquals(
        "round 3: raise <L2>, or more <ROUNDS>", message.in(hint -> "<" + hint.name() + ">"));
    assertEquals("round 3: raise L2, or more most rounds", message.toString());
    assertFalse(message.isPlain());
    assertTrue(Message.of("round ", 3).isPlain());
  }

  @Test
  void in_failure_keepsItsKindAndItsCause() {
    CohortException few = CohortException.tooFew(1, 3);
    DataException plain = new DataException("no rows");

    RuntimeException worded = few.in(hint -> "minWorkers");

    assertEquals("too few workers: 1 took part, but minWorkers is 3", worded.getMessage());
    assertEquals(CohortException.class, worded.getClass());
    assertSame(few, worded.getCause());
    assertSame(plain, plain.in(hint -> "nothing"));
    assertEquals("raise it", new DataException(RAISE).in(hint -> "it").getMessage());
  }

  /** Exceptions are serializable, as Spark may want them. */
  @Test
  void failure_ofHints_comesBackFromBytes() throws IOException, ClassNotFoundException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ObjectOutputStream out = new ObjectOutputStream(bytes)) {
      out.writeObject(new DataException(RAISE));
    }
    try (ObjectInputStream in =
        new ObjectInputStream(new ByteArrayInputStream(bytes.toByteArray()))) {
      DataException back = (DataException) in.readObject();
      assertEquals("raise model.l2", back.in(hint -> "model.l2").getMessage());
    }
  }
}
