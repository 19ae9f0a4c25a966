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

# Some of the tests of t/run.sh with httpd under valgrind's memcheck, which
# sees what is read before it is set, where AddressSanitizer does not.  A
# report fails them.
#
#   t/valgrind.sh [test ...]    as t/run.sh; default: those named below
#
# Before the tests a module with bugs shows that each would be reported.
#
# APXS, CC, TEST_USER, PORT, VERBOSE, KEEP: as for t/run.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/sanitize/functions.sh"
sanitize_begin

build_module '-g -O1'
build_canary '-g -O1'
preload unset

# What httpd itself leaves at its end is not looked for.
write_httpd "LD_PRELOAD=$root/unset.so" valgrind -q --leak-check=no \
    --log-file="$root/reports/httpd.%p" --num-callers=30

canary heap 'Invalid read of size 1'
canary freed 'Invalid read of size 1'
canary unset 'depends on uninitialised value'
canary reused 'depends on uninitialised value'
canary none

[ $# -gt 0 ] || set -- t/verdict.t t/hostile.t t/before.t t/upstream.t \
    t/expose.t t/env.t t/debug.t t/enforce.t t/robust.t t/broken.t t/lint.t
HTTPD=$root/apache2 MODULE=$root/mod_cors.so TIMEOUT=${TIMEOUT:-1200} \
    sh "$here/run.sh" "$@" && status=0 || status=$?
no_reports || status=1
exit "$status"
