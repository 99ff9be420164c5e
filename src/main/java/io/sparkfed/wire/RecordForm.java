package io.sparkfed.wire;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Canonical bytes of values from a closed list of records and enums.
 *
 * <p>A value is its number in the list, then its components in their order, or the name of the
 * constant. Components are numbers, truth values, texts, arrays of these, lists, maps that are
 * sorted by a text, and values from the list. What is read has gone through the canonical
 * constructor, so a record's own checks hold for bytes from anywhere. There is no null. A component
 * that is a {@link Site} has no bytes: it is where the value is read.
 */
public final class RecordForm {
  /** Of records within records; more than any has. */
  private static final int DEEPEST = 12;

  private final int version;
  private final List<Class<?>> types;
  private final Map<Class<?>, Integer> numbers = new HashMap<>();
  private final Map<Class<?>, Shape> shapes = new LinkedHashMap<>();

  /** How a record is taken apart and made. */
  private record Shape(RecordComponent[] components, Constructor<?> constructor) {}

  /**
   * Creates the form.
   *
   * @param version changes whenever the list, or a component of a type in it, does
   * @param types records and enums; a type's number is its index
   * @throws IllegalArgumentException if a type is neither, or stands there twice
   */
  public RecordForm(int version, List<Class<?>> types) {
    this.version = version;
    this.types = List.copyOf(types);
    for (Class<?> type : types) {
      if (numbers.put(type, numbers.size()) != null) {
        throw new IllegalArgumentException(type + " must stand in the list once");
      }
      if (type.isRecord()) {
        shapes.put(type, shape(type));
      } else if (!type.isEnum()) {
        throw new IllegalArgumentException(type + " must be a record or an enum");
      }
    }
  }

  /** Returns the types in the order of their numbers. */
  public List<Class<?>> types() {
    return types;
  }

  /**
   * Returns the bytes of a value.
   *
   * @throws IllegalArgumentException if it holds something that is not in the list
   */
  public byte[] toBytes(Object value) {
    WireWriter out = new WireWriter().integer(version);
    writeNumbered(value, out);
    return out.toByteArray();
  }

  /**
   * Reads a value.
   *
   * @param site where it is read
   * @throws ProtocolException if the bytes are not those of a value of this type, of this version
   */
  public <T> T read(byte[] bytes, Class<T> type, Site site) {
    WireReader in = new WireReader(bytes);
    int found = in.integer();
    if (found != version) {
      throw new ProtocolException(
          "a value must be written in version " + version + ". Provided: " + found);
    }
    T value = type.cast(new Reading(in, site).numbered(type, 0));
    in.end();
    return value;
  }

  private static Shape shape(Class<?> type) {
    RecordComponent[] components = type.getRecordComponents();
    Class<?>[] parameters =
        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
    try {
      Constructor<?> constructor = type.getDeclaredConstructor(parameters);
      constructor.setAccessible(true);
      for (RecordComponent component : components) {
        component.getAccessor().setAccessible(true);
      }
      return new Shape(components, constructor);
    } catch (NoSuchMethodException e) {
      throw new IllegalStateException("each record has its canonical constructor", e);
    }
  }

  private void writeNumbered(Object value, WireWriter out) {
    Class<?> type =
        value instanceof Enum<?> constant ? constant.getDeclaringClass() : value.getClass();
    Integer number = numbers.get(type);
    if (number == null) {
      throw new IllegalArgumentException(type.getName() + " has no number in this form");
    }
    out.integer(number);
    if (value instanceof Enum<?> constant) {
      out.text(constant.name());
      return;
    }
    for (RecordComponent component : shapes.get(type).components) {
      write(component.getGenericType(), component(component, value), out);
    }
  }

  private static Object component(RecordComponent component, Object record) {
    try {
      return component.getAccessor().invoke(record);
    } catch (ReflectiveOperationException e) {
      throw new IllegalStateException("a record's component can be read", e);
    }
  }

  private void write(Type type, Object value, WireWriter out) {
    if (type == boolean.class) {
      out.integer((Boolean) value ? 1 : 0);
    } else if (type == int.class) {
      out.integer((Integer) value);
    } else if (type == long.class) {
      out.longInteger((Long) value);
    } else if (type == double.class) {
      out.number((Double) value);
    } else if (type == String.class) {
      out.text((String) value);
    } else if (type == byte[].class) {
      out.bytes((byte[]) value);
    } else if (type == int[].class) {
      int[] all = (int[]) value;
      out.integer(all.length);
      Arrays.stream(all).forEach(out::integer);
    } else if (type == double[].class) {
      out.numbers((double[]) value);
    } else if (type == boolean[].class) {
      boolean[] all = (boolean[]) value;
      out.integer(all.length);
      for (boolean one : all) {
        out.integer(one ? 1 : 0);
      }
    } else if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
      List<?> all = (List<?>) value;
      out.integer(all.size());
      all.forEach(one -> write(list.getActualTypeArguments()[0], one, out));
    } else if (type instanceof ParameterizedType map && map.getRawType() == SortedMap.class) {
      Map<?, ?> all = (Map<?, ?>) value;
      out.integer(all.size());
      all.forEach(
          (key, one) -> {
            out.text((String) key);
            write(map.getActualTypeArguments()[1], one, out);
          });
    } else if (!Site.class.isAssignableFrom(raw(type))) {
      writeNumbered(value, out);
    }
  }

  /** Bytes that are read at a place. */
  private final class Reading {
    private final WireReader in;
    private final Site site;

    Reading(WireReader in, Site site) {
      this.in = in;
      this.site = site;
    }

    private Object numbered(Class<?> expected, int depth) {
      int number = in.integer();
      if (number < 0 || number >= types.size() || depth > DEEPEST) {
        throw new ProtocolException("a value must have a number in the list");
      }
      Class<?> type = types.get(number);
      if (!expected.isAssignableFrom(type)) {
        throw new ProtocolException("a value must be of the type that stands in its place");
      }
      return type.isEnum() ? constant(type) : made(type, depth);
    }

    private Object constant(Class<?> type) {
      String name = in.text();
      for (Object constant : type.getEnumConstants()) {
        if (((Enum<?>) constant).name().equals(name)) {
          return constant;
        }
      }
      throw new ProtocolException("a constant must be one of " + type.getSimpleName());
    }

    private Object made(Class<?> type, int depth) {
      Shape shape = shapes.get(type);
      Object[] values = new Object[shape.components.length];
      for (int k = 0; k < values.length; k++) {
        values[k] = read(shape.components[k].getGenericType(), depth + 1);
      }
      try {
        return shape.constructor.newInstance(values);
      } catch (InvocationTargetException e) {
        throw new ProtocolException(
            "a " + type.getSimpleName() + " must keep its rules: " + e.getCause().getMessage());
      } catch (ReflectiveOperationException e) {
        throw new IllegalStateException("a record can be made", e);
      }
    }

    private Object read(Type type, int depth) {
      if (type == boolean.class) {
        return in.flag();
      }
      if (type == int.class) {
        return in.integer();
      }
      if (type == long.class) {
        return in.longInteger();
      }
      if (type == double.class) {
        return in.number();
      }
      if (type == String.class) {
        return in.text();
      }
      if (type == byte[].class) {
        return in.bytes();
      }
      if (type == int[].class) {
        int[] all = new int[in.count(Integer.BYTES)];
        Arrays.setAll(all, k -> in.integer());
        return all;
      }
      if (type == double[].class) {
        return in.numbers();
      }
      if (type == boolean[].class) {
        boolean[] all = new boolean[in.count(Integer.BYTES)];
        for (int k = 0; k < all.length; k++) {
          all[k] = in.flag();
        }
        return all;
      }
      if (type instanceof ParameterizedType list && list.getRawType() == List.class) {
        int count = in.count(Integer.BYTES);
        List<Object> all = new ArrayList<>(count);
        for (int k = 0; k < count; k++) {
          all.add(read(list.getActualTypeArguments()[0], depth + 1));
        }
        return all;
      }
      if (type instanceof ParameterizedType map && map.getRawType() == SortedMap.class) {
        return sortedMap(map.getActualTypeArguments()[1], depth);
      }
      if (Site.class.isAssignableFrom(raw(type))) {
        if (!raw(type).isInstance(site)) {
          throw new ProtocolException("a value must be read at a place that has what it needs");
        }
        return site;
      }
      return numbered(raw(type), depth);
    }

    private SortedMap<String, Object> sortedMap(Type ofValues, int depth) {
      int count = in.count(2 * Integer.BYTES);
      SortedMap<String, Object> all = new TreeMap<>();
      for (int k = 0; k < count; k++) {
        String key = in.text();
        if (!all.isEmpty() && all.lastKey().compareTo(key) >= 0) {
          throw new ProtocolException("keys must ascend");
        }
        all.put(key, read(ofValues, depth + 1));
      }
      return all;
    }
  }

  private static Class<?> raw(Type type) {
    return type instanceof ParameterizedType generic
        ? (Class<?>) generic.getRawType()
        : (Class<?>) type;
  }
}
