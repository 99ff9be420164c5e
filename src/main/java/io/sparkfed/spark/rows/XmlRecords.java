package io.sparkfed.spark.rows;

import io.sparkfed.spark.rows.RecordFiles.RecordException;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.util.Map;
import javax.xml.stream.XMLInputFactory;
import javax.xml.stream.XMLStreamConstants;
import javax.xml.stream.XMLStreamException;
import javax.xml.stream.XMLStreamReader;

/** Reads the records of an xml file to its end; Spark stops where one is cut off. */
final class XmlRecords {
  private final String rowTag;
  private final String attributePrefix;
  private final String valueTag;
  private final Charset charset;
  private final boolean ignoreNamespace;
  private final RecordFiles records;

  XmlRecords(Map<String, String> options, RecordFiles records) {
    this.rowTag = options.get("rowTag");
    this.attributePrefix = options.getOrDefault("attributePrefix", "_");
    this.valueTag = options.getOrDefault("valueTag", "_VALUE");
    this.charset =
        Charset.forName(options.getOrDefault("charset", options.getOrDefault("encoding", "UTF-8")));
    this.ignoreNamespace = Boolean.parseBoolean(options.get("ignoreNamespace"));
    this.records = records;
  }

  void read(InputStream in) throws IOException, XMLStreamException {
    XMLInputFactory factory = XMLInputFactory.newFactory();
    factory.setProperty(XMLInputFactory.SUPPORT_DTD, false);
    factory.setProperty(XMLInputFactory.IS_SUPPORTING_EXTERNAL_ENTITIES, false);
    XMLStreamReader xml =
        factory.createXMLStreamReader(new InputStreamReader(in, charset.newDecoder()));
    int line = 1;
    try {
      int depth = 0;
      int row = 0;
      long elements = 0;
      long rows = 0;
      while (xml.hasNext()) {
        int event = xml.next();
        line = xml.getLocation().getLineNumber();
        if (event == XMLStreamConstants.START_ELEMENT) {
          depth++;
          elements++;
          if (row == 0 && qualified(xml).equals(rowTag)) {
            row = depth;
            rows++;
            beginRecord(xml, line);
          } else if (row > 0 && depth == row + 1) {
            records.field(ignoreNamespace ? xml.getLocalName() : qualified(xml), "line " + line);
          }
        } else if (event == XMLStreamConstants.END_ELEMENT) {
          row = depth == row ? 0 : row;
          depth--;
        }
      }
      if (rows == 0 && elements > 1) {
        throw new RecordException("has no element " + rowTag + " (data.options.rowTag)");
      }
    } catch (XMLStreamException e) {
      if (e.getNestedException() instanceof CharacterCodingException coding) {
        throw coding;
      }
      throw new RecordException("is malformed or cut off after line " + line);
    } finally {
      xml.close();
    }
  }

  private void beginRecord(XMLStreamReader xml, int line) throws RecordException {
    records.beginRecord();
    records.unnamedField(valueTag);
    for (int k = 0; k < xml.getAttributeCount(); k++) {
      String prefix = ignoreNamespace ? "" : xml.getAttributePrefix(k);
      String name = (prefix == null || prefix.isEmpty() ? "" : prefix + ":");
      records.field(attributePrefix + name + xml.getAttributeLocalName(k), "line " + line);
    }
  }

  private static String qualified(XMLStreamReader xml) {
    String prefix = xml.getPrefix();
    return (prefix == null || prefix.isEmpty() ? "" : prefix + ":") + xml.getLocalName();
  }
}
