# Starts the embedded Spark on a local master in one JVM: without Spark's launcher, which is a JVM of its
# own, and with an archive of the classes that jobs load. Sourced by common.sh.
# shellcheck shell=bash

# Succeeds if nothing is asked that Spark's launcher alone can make a command line of: the master is local,
# no classes or options of the JVM come from elsewhere. Reads what complete_options has found.
is_plain_start() {
  local option pair file words="^( *-[DX][A-Za-z0-9_.:=,/+@%-]+)* *$"
  [ "$embedded" = true ] || return 1
  for option in ${submit[@]+"${submit[@]}"}; do
    case "$option" in
      --master | --master=* | --driver-memory | --driver-memory=* | --name | --name=*) ;;
      --conf | --conf=* | -c) ;;
      -*) return 1 ;;
    esac
  done
  for pair in ${pairs[@]+"${pairs[@]}"}; do
    case "$pair" in
      spark.driver.extra* | spark.driver.default* | spark.driver.userClass*) return 1 ;;
      spark.jars* | spark.remote* | spark.api.mode* | spark.submit.*) return 1 ;;
    esac
  done
  case "$(setting_of spark.master "$master" MASTER)" in
    "" | local | "local["*) ;;
    *) return 1 ;;
  esac
  # Options of the JVM without anything that its launcher would unquote, and none about archives.
  [[ "${SPARK_SUBMIT_OPTS:-}" =~ $words ]] || return 1
  case "${SPARK_SUBMIT_OPTS:-}" in
    *-Xshare* | *Archive*) return 1 ;;
  esac
  if [ -n "${SPARK_DIST_CLASSPATH:-}${SPARK_PREPEND_CLASSES:-}${SPARK_REMOTE:-}" ] \
    || [ -n "${HADOOP_CONF_DIR:-}${YARN_CONF_DIR:-}${SPARK_PRINT_LAUNCH_COMMAND:-}${SPARK_MEM:-}" ]; then
    return 1
  fi
  # What Spark or Hadoop would find through the class path, on which a folder is in the way of the archive.
  for file in "$SPARK_CONF_DIR"/*.xml "$SPARK_CONF_DIR"/spark-env.sh "$SPARK_CONF_DIR"/java-opts \
    "$SPARK_CONF_DIR"/log4j*; do
    if [ -e "$file" ] && [ "${file##*/}" != log4j2.properties ]; then
      return 1
    fi
  done
  file="$SPARK_CONF_DIR/spark-defaults.conf"
  ! grep -Eqs '^[[:space:]]*spark[\.](driver[\.](extra|default|userClass)|jars|remote|api|submit)' "$file"
}

# Becomes the JVM of a job; complete_options has found the rest.
start_plainly() {
  local java="${JAVA_HOME:+$JAVA_HOME/bin/}java" archive="" memory words
  memory="$(setting_of spark.driver.memory "$driver_memory" SPARK_DRIVER_MEMORY)"
  export LOG4J_CONFIGURATION_FILE="${LOG4J_CONFIGURATION_FILE:-$SPARK_CONF_DIR/log4j2.properties}"
  if [ -f "$SPARK_CONF_DIR/metrics.properties" ] && [ -z "$(setting_of spark.metrics.conf "")" ]; then
    submit+=(--conf "spark.metrics.conf=$SPARK_CONF_DIR/metrics.properties")
  fi
  if [ -z "$(setting_of spark.sql.extensions.test.loadFromCp "")" ]; then
    # Whatever extends sessions is named (spark.sql.extensions). On this class path there is only MLlib's,
    # which makes functions that no SQL can call, and takes half a second.
    submit+=(--conf spark.sql.extensions.test.loadFromCp=false)
  fi
  # shellcheck disable=SC2206
  words=(-cp "$SPARK_HOME/jars/*:$jar" ${SPARK_SUBMIT_OPTS:-} "-Xmx${memory:-1g}" "@$SPARK_HOME/java.options")
  find_archive
  if [ -n "$archive" ]; then
    # An archive that the JVM finds not to fit is left out, and nothing is said.
    words+=(-Xshare:auto "-XX:SharedArchiveFile=$archive" "-Xlog:cds*=off" "-Xlog:class+path*=off")
  fi
  exec "$java" "${words[@]}" org.apache.spark.deploy.SparkSubmit --class "$main_class" \
    ${submit[@]+"${submit[@]}"} spark-internal ${arguments[@]+"${arguments[@]}"}
}

# Sets archive to the file of this build and this Java, or to nothing. A training makes it where there is
# none: what it costs once, each job saves from then on.
find_archive() {
  local argument made
  command -v cksum >/dev/null 2>&1 || return 0
  # Not what the JVM says before it, of options that it picked up.
  made="$(printf '%s\n' "${shown#*version }" "$java" "$jar" | cksum)"
  made="$SPARK_HOME/classes-${made%% *}.jsa"
  if [ ! "$made" -nt "$jar" ] || [ ! "$made" -nt "$SPARK_HOME/RELEASE" ]; then
    [ "$main_class" = io.sparkfed.jobs.TrainJob ] && [ "$conf_position" -ge 0 ] || return 0
    for argument in "${arguments[@]}"; do
      case "$argument" in
        --verbose) ;;
        -*) return 0 ;;
      esac
    done
    make_archive "$made"
  fi
  # An empty one says that it could not be made. One that was cut would end the JVM: its size is on record.
  if [ -s "$made" ] && [ "$(wc -c <"$made")" = "$(cat "$made.size" 2>/dev/null)" ]; then
    archive="$made"
  fi
}

# Makes an archive by running small trainings; nothing depends on its success. Of two who would make it at
# the same time the second goes on without.
make_archive() {
  local made="$1" lock="$1.lock" holder maker status=0
  if ! (set -o noclobber && echo "$$" >"$lock") 2>/dev/null; then
    holder="$(cat "$lock" 2>/dev/null)"
    if [ -n "$holder" ] && ! kill -0 "$holder" 2>/dev/null; then
      # Whoever held it was killed.
      rm -f "$lock" "$made".[0-9]*
    fi
    return 0
  fi
  [ ! -t 2 ] || echo "Preparing a faster start (once for each build)..." >&2
  # What runs once is compiled once.
  "$java" -cp "$SPARK_HOME/jars/*:$jar" -Xmx1g -XX:TieredStopAtLevel=1 "@$SPARK_HOME/java.options" \
    "-XX:ArchiveClassesAtExit=$made.$$" "-Xlog:disable" \
    org.apache.spark.deploy.SparkSubmit --master "local[2]" --conf spark.ui.enabled=true \
    --conf spark.ui.port=0 --class io.sparkfed.jobs.ClassesOfJobs spark-internal \
    </dev/null >/dev/null 2>&1 &
  maker=$!
  trap 'kill "$maker" 2>/dev/null; rm -f "$lock"; exit 143' TERM HUP
  trap 'kill "$maker" 2>/dev/null; rm -f "$lock"; exit 130' INT
  wait "$maker" || status=$?
  trap - TERM HUP INT
  if [ "$status" = 0 ] && [ -s "$made.$$" ]; then
    wc -c <"$made.$$" >"$made.size"
    mv -f "$made.$$" "$made"
  else
    rm -f "$made.$$"
    : >"$made"
  fi
  rm -f "$lock"
}
