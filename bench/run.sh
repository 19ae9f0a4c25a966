#!/bin/sh
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#     http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.

# All measurements, and at the end what was to be reached.
#
#   sh bench/run.sh path/to/mod_cors.so [PICTURE]
#
#   PICTURE  an SVG file to write, of how the cost grows with the list
#
# Takes ten minutes on a machine with two processors that has nothing else to
# do.  Exit status: 0, whatever was reached, or 2 if something could not be
# measured or was answered wrongly.
#
# Environment: see common.sh and requests.sh.

set -u
. "$(dirname -- "$0")/common.sh"

[ $# -ge 1 ] || fail 'usage: run.sh mod_cors.so [PICTURE]'
root=$(mktemp -d) || fail 'no temporary folder'
BENCH_TARGETS=$root/targets
export BENCH_TARGETS
module=$1
shift

# part NAME ARGUMENT...
part() {
    script=$1
    shift
    sh "$here/$script.sh" "$@" || fail "$script.sh has failed"
    echo
}

part instructions "$module"
part htaccess "$module"
part core "$root/core"
part growth "$module" "$root/core" "$@"
part start "$module"
part requests "$module"

echo 'What was to be reached'
echo
cat "$BENCH_TARGETS"
