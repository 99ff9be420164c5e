# Shared by the launchers: run_job MAIN_CLASS [argument ...] [-- spark-submit option ...]
# shellcheck shell=bash
#
# Finds or builds the jar, finds Spark, and becomes spark-submit, or what that would become, so that the exit code and signals
# are those of the job. In cluster mode the job runs elsewhere: the exit code is 1 if Spark tells that
# it failed. Exit code 8: no job was started, because the machine lacks something.

fail() {
  printf '%s\n' "$*" >&2
  exit 8
}

require_java() {
  local java="${JAVA_HOME:+$JAVA_HOME/bin/}java" major
  if ! command -v "$java" >/dev/null 2>&1; then
    fail "Java not found: ${JAVA_HOME:+JAVA_HOME is $JAVA_HOME but $java is not an executable file; }install JDK 17 and set JAVA_HOME, or put java on the PATH"
  fi
  shown="$("$java" -version 2>&1)" || fail "Java does not start: $java -version says: $shown"
  if [[ "$shown" =~ version\ \"([0-9]+) ]]; then
    major="${BASH_REMATCH[1]}"
    [ "$major" -ge 17 ] || fail "Java is too old: $java is ${shown%%$'\n'*}; Java 17 is needed, set JAVA_HOME to one"
  fi
}

# Sets jar to the one jar of ours, or to nothing.
find_jar() {
  local candidate
  jar=""
  for candidate in "$root"/target/spark-federated_*.jar; do
    case "$candidate" in
      *-sources.jar | *-javadoc.jar | *-tests.jar) ;;
      *) [ ! -f "$candidate" ] || jar="$candidate" ;;
    esac
  done
}

# The build writes RELEASE last: a build that was broken off is not taken for a finished one.
build_if_missing() {
  find_jar
  if [ -n "$jar" ] && [ -f "$root/target/spark/RELEASE" ] && [ -x "$root/target/spark/bin/spark-submit" ]; then
    return
  fi
  command -v mvn >/dev/null 2>&1 \
    || fail "Spark Federated is not built, and Maven (mvn) is not on the PATH to build it"
  echo "Building Spark Federated (first run only)..." >&2
  mvn -q -B -ntp -f "$root/pom.xml" -Dmaven.test.skip -Dhygiene.skip package >&2 \
    || fail "Building Spark Federated failed; the reason is above"
  find_jar
  [ -n "$jar" ] || fail "Building Spark Federated left no jar in $root/target"
}

# Sets SPARK_HOME, and the configuration of the embedded Spark.
find_spark() {
  if [ -n "${SPARK_HOME:-}" ]; then
    local submit="$SPARK_HOME/bin/spark-submit" conf="${SPARK_CONF_DIR:-$SPARK_HOME/conf}" found=""
    if [ ! -f "$submit" ] || [ ! -x "$submit" ]; then
      fail "Spark not found: SPARK_HOME is $SPARK_HOME but $submit is not an executable file; correct SPARK_HOME, or unset it to use the embedded Spark"
    fi
    for found in "$conf"/log4j2.*; do
      [ ! -f "$found" ] || return 0
    done
    # No logging of the user's own: be as quiet as the embedded Spark. Through the environment, as
    # --driver-java-options would replace the user's spark.driver.extraJavaOptions.
    export LOG4J_CONFIGURATION_FILE="${LOG4J_CONFIGURATION_FILE:-$root/conf/log4j2.properties}"
  else
    export SPARK_HOME="$root/target/spark"
    [ -n "${SPARK_CONF_DIR:-}" ] || embedded=true
    export SPARK_CONF_DIR="${SPARK_CONF_DIR:-$root/conf}"
  fi
}

# Prints the value that a file of Spark's settings gives a name: the last one; nothing where it has none.
# The format is that of java.util.Properties: key=value, key:value or key value; a backslash at the end
# of a line goes on with the next.
property_of() {
  local name="$1" file="$2" line whole="" key found="" pair="^([^=:[:space:]]+)[[:space:]]*[=:]?[[:space:]]*(.*)$"
  [ -f "$file" ] && [ -r "$file" ] || return 0
  while IFS= read -r line || [ -n "$line" ]; do
    line="${line%$'\r'}"
    line="${line#"${line%%[![:space:]]*}"}"
    case "$whole$line" in
      "#"* | "!"*)
        whole=""
        continue
        ;;
      *\\)
        whole+="${line%\\}"
        continue
        ;;
    esac
    line="$whole$line"
    whole=""
    [[ "$line" =~ $pair ]] || continue
    key="${BASH_REMATCH[1]}"
    if [ "${key//\\/}" = "$name" ]; then
      found="${BASH_REMATCH[2]}"
      found="${found%"${found##*[![:space:]]}"}"
      found="${found//\\/}"
    fi
  done <"$file"
  printf '%s' "$found"
}

# Prints the value that the user gives one of Spark's settings, by whatever way spark-submit takes it:
# an option of its own (option_NAME), --conf, the files of settings, the environment.
setting_of() {
  local name="$1" option="$2" variable="${3:-}" pair file value
  value="$option"
  if [ -z "$value" ]; then
    for pair in ${pairs[@]+"${pairs[@]}"}; do
      [ "${pair%%=*}" != "$name" ] || value="${pair#*=}"
    done
  fi
  for file in ${property_files[@]+"${property_files[@]}"}; do
    [ -n "$value" ] || value="$(property_of "$name" "$file")"
  done
  if [ -z "$value" ] && [ -n "$variable" ]; then
    value="${!variable:-}"
  fi
  printf '%s' "$value"
}

# Reads what the user asks of spark-submit, and sets submit to that and what a cluster needs besides. Where
# spark-submit is not needed, becomes the job.
complete_options() {
  local option value previous="" master="" driver_memory="" deploy_mode="" files="" file name own="" defaults=false
  local pairs=() property_files=()
  for option in ${submit[@]+"${submit[@]}"}; do
    case "$option" in
      --*=*) value="${option#*=}" previous="${option%%=*}" ;;
      *) value="$option" ;;
    esac
    case "$previous" in
      --master) master="$value" ;;
      --driver-memory) driver_memory="$value" ;;
      --deploy-mode) deploy_mode="$value" ;;
      --conf | -c) pairs+=("$value") ;;
      --properties-file) property_files=("$value") ;;
      --files) files="$value" ;;
    esac
    case "$option" in
      --load-spark-defaults) defaults=true ;;
      *log4j2.configurationFile=* | *log4j.configurationFile=*) unset LOG4J_CONFIGURATION_FILE ;;
    esac
    previous="$option"
  done
  if [ "${#property_files[@]}" = 0 ] || [ "$defaults" = true ]; then
    property_files+=("${SPARK_CONF_DIR:-$SPARK_HOME/conf}/spark-defaults.conf")
  fi
  for file in "${property_files[@]}"; do
    if [ -f "$file" ] && grep -q 'log4j2\{0,1\}.configurationFile=' "$file"; then
      unset LOG4J_CONFIGURATION_FILE
    fi
  done
  if [ "$(setting_of spark.submit.deployMode "$deploy_mode" DEPLOY_MODE)" != cluster ]; then
    ! is_plain_start || start_plainly
    return
  fi
  cluster=true
  # The driver starts elsewhere: it needs the configuration's files, under a name that does not depend on
  # the working directory, and we wait for its end.
  if [ "$conf_position" -ge 0 ] && [ -f "${arguments[$conf_position]}" ]; then
    file="${arguments[$conf_position]}"
    file="$(cd "$(dirname "$file")" && pwd)/$(basename "$file")"
    arguments[conf_position]="$file"
    own="$file"
    if grep -q include "$file"; then
      own="$("${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "$jar" io.sparkfed.jobs.ConfigurationFiles "$file")" \
        || exit "$?"
    fi
    files="$(setting_of spark.files "$files")"
    while IFS= read -r file; do
      name="${file##*/}"
      case ",$files," in
        *"/$name,"* | *",$name,"* | *"#$name,"*) ;;
        *) files="${files:+$files,}$file" ;;
      esac
    done <<<"$own"
    submit+=(--files "$files")
  fi
  if [ -z "$(setting_of spark.standalone.submit.waitAppCompletion "")" ]; then
    submit+=(--conf spark.standalone.submit.waitAppCompletion=true)
  fi
}

# Passes spark-submit's error stream on; returns 1 if it tells that the driver did not finish well.
# A standalone cluster's spark-submit exits with 0 however the driver ended.
pass_on_driver_end() {
  local line end=""
  while IFS= read -r line; do
    printf '%s\n' "$line" >&2
    if [[ "$line" =~ State\ of\ driver\ [^\ ]+\ is\ ([A-Z]+),\ exiting ]]; then
      end="${BASH_REMATCH[1]}"
    fi
  done
  case "$end" in
    "" | FINISHED) return 0 ;;
  esac
  echo "The driver on the cluster ended as $end. What it said is in its stderr: see the master's web interface, or the worker node's work folder" >&2
  return 1
}

# run_without_spark MAIN_CLASS [argument ...]
run_without_spark() {
  local main_class="$1" jar=""
  shift
  require_java
  build_if_missing
  exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "$jar" "$main_class" "$@"
}

# run_benchmark SUITE [key=value ...] [-- spark-submit option ...]
# Its classes are compiled with the tests', so that they are never left behind; its session is local.
run_benchmark() {
  local jar="" classes="$root/target/test-classes" arguments=() suite="${1:-}"
  case "$suite" in
    agent | estimator | kernels | mllib | noise | private | rounds | secure | simulation | whole) ;;
    *) fail "Usage: jobs/benchmark agent|estimator|kernels|mllib|noise|private|rounds|secure|simulation|whole [key=value ...] [-- spark-submit options]" ;;
  esac
  shift
  while [ "$#" -gt 0 ] && [ "$1" != "--" ]; do
    arguments+=("$1")
    shift
  done
  [ "$#" = 0 ] || shift
  require_java
  find_spark
  build_if_missing
  if [ ! -d "$classes/io/sparkfed/benchmark" ]; then
    mvn -q -B -ntp -f "$root/pom.xml" -Dhygiene.skip test-compile >&2 \
      || fail "Building the benchmarks failed; the reason is above"
  fi
  if [ "$suite" = kernels ]; then
    local list="$root/target/benchmark.classpath"
    if [ ! -f "$list" ]; then
      mvn -q -B -ntp -f "$root/pom.xml" -Dhygiene.skip dependency:build-classpath \
        -DincludeScope=test -Dmdep.outputFile="$list" >&2 \
        || fail "Finding the benchmarks' libraries failed; the reason is above"
    fi
    # The module, as spark-submit gives it; JMH passes the options on to the JVMs it measures.
    exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" --add-modules=jdk.incubator.vector -Xmx4g \
      -cp "$classes:$root/target/classes:$(cat "$list")" \
      io.sparkfed.benchmark.KernelBenchmark ${arguments[@]+"${arguments[@]}"}
  fi
  if [ "$suite" = whole ]; then
    exec "${JAVA_HOME:+$JAVA_HOME/bin/}java" -cp "$classes:$jar:$SPARK_HOME/jars/*" -Dbenchmark.jar="$jar" \
      io.sparkfed.benchmark.WholeBenchmark "$root" ${arguments[@]+"${arguments[@]}"}
  fi
  exec "$SPARK_HOME/bin/spark-submit" --driver-memory 10g --conf spark.driver.maxResultSize=0 \
    --conf spark.ui.enabled=false --driver-class-path "$classes:$jar" \
    --class "io.sparkfed.benchmark.${suite^}Benchmark" "$@" "$jar" ${arguments[@]+"${arguments[@]}"}
}

run_job() {
  local main_class="$1" argument
  shift
  local arguments=() submit=() conf_position=-1 jar="" cluster=false takes_value=false
  while [ "$#" -gt 0 ]; do
    argument="$1"
    shift
    if [ "$argument" = "--" ]; then
      submit=("$@")
      break
    fi
    # The configuration is the first argument that is no option and no option's value.
    case "$takes_value $argument" in
      "false --model" | "false --own") takes_value=true ;;
      "false -"* | "true "*) takes_value=false ;;
      *) [ "$conf_position" -ge 0 ] || conf_position="${#arguments[@]}" ;;
    esac
    arguments+=("$argument")
  done

  require_java
  find_spark
  build_if_missing
  complete_options
  local command=("$SPARK_HOME/bin/spark-submit" --class "$main_class"
    ${submit[@]+"${submit[@]}"} "$jar" ${arguments[@]+"${arguments[@]}"})
  if [ "$cluster" = false ]; then
    exec "${command[@]}"
  fi
  local codes
  exec 3>&1
  "${command[@]}" 2>&1 1>&3 3>&- | pass_on_driver_end
  codes=("${PIPESTATUS[@]}")
  [ "${codes[0]}" = 0 ] || exit "${codes[0]}"
  exit "${codes[1]}"
}

set -u
embedded=false
shown=""
root="$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)"
# shellcheck source=jobs/embedded.sh
. "$root/jobs/embedded.sh"
