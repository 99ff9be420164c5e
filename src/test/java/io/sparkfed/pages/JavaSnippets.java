package io.sparkfed.pages;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.sparkfed.pages.Page.Block;
import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import javax.tools.Diagnostic;
import javax.tools.DiagnosticCollector;
import javax.tools.JavaCompiler;
import javax.tools.JavaFileObject;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.apache.spark.sql.Dataset;
import org.apache.spark.sql.Row;
import org.apache.spark.sql.SparkSession;

/**
 * The pages' Java. Each snippet imports what it needs and is the body of a method that has a
 * session, {@code spark}, and a table, {@code rows}.
 */
final class JavaSnippets {
  private final List<Block> blocks;
  private final Path folder;

  /** Compiles all into a folder; fails with each error and where it is. */
  static JavaSnippets compiled(Path folder) throws IOException {
    JavaSnippets snippets = new JavaSnippets(Page.blocksOf("java"), folder);
    snippets.compile();
    return snippets;
  }

  private JavaSnippets(List<Block> blocks, Path folder) {
    this.blocks = blocks;
    this.folder = folder;
  }

  List<Block> blocks() {
    return blocks;
  }

  private void compile() throws IOException {
    List<Path> sources = new ArrayList<>();
    for (Block block : blocks) {
      sources.add(Files.writeString(folder.resolve(name(block) + ".java"), source(block)));
    }
    JavaCompiler compiler = ToolProvider.getSystemJavaCompiler();
    DiagnosticCollector<JavaFileObject> found = new DiagnosticCollector<>();
    String own = System.getProperty("java.class.path");
    String classPath = System.getProperty("surefire.test.class.path", own);
    List<String> options = List.of("-proc:none", "-d", folder.toString(), "-classpath", classPath);
    try (StandardJavaFileManager files = compiler.getStandardFileManager(found, null, null)) {
      compiler
          .getTask(null, files, found, options, null, files.getJavaFileObjectsFromPaths(sources))
          .call();
    }
    List<String> errors =
        found.getDiagnostics().stream()
            .filter(problem -> problem.getKind() == Diagnostic.Kind.ERROR)
            .map(
                problem ->
                    blocks.get(sources.indexOf(Path.of(problem.getSource().toUri())))
                        + ": "
                        + problem.getMessage(null))
            .toList();
    assertEquals(List.of(), errors);
  }

  private String name(Block block) {
    return "Snippet" + blocks.indexOf(block);
  }

  private String source(Block block) {
    Map<Boolean, List<String>> lines =
        block.text().lines().collect(Collectors.partitioningBy(l -> l.startsWith("import ")));
    Set<String> imports = new TreeSet<>(lines.get(true));
    for (Class<?> given : List.of(Dataset.class, Row.class, SparkSession.class)) {
      imports.add("import " + given.getName() + ";");
    }
    return """
        %s
        public class %s {
          public static void run(SparkSession spark, Dataset<Row> rows) throws Exception {
            %s
          }
        }
        """
        .formatted(
            String.join("\n", imports), name(block), String.join("\n    ", lines.get(false)));
  }

  /** Runs one of them. */
  void run(Block block, SparkSession spark, Dataset<Row> rows) throws Exception {
    URL[] places = {folder.toUri().toURL()};
    try (URLClassLoader loader = new URLClassLoader(places, getClass().getClassLoader())) {
      loader
          .loadClass(name(block))
          .getMethod("run", SparkSession.class, Dataset.class)
          .invoke(null, spark, rows);
    } catch (InvocationTargetException e) {
      throw new AssertionError(block + ": " + e.getCause(), e.getCause());
    }
  }
}
