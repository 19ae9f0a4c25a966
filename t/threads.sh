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

# Data races: the module built for ThreadSanitizer, in httpd with event under
# the load, the restarts and the faults of t/soak.sh.  A report fails it.
#
#   t/threads.sh
#
# Only what the module does is watched, and what it shares: the sanitizer sees
# neither httpd nor APR.  Before the load a module with a race shows that it
# would be reported.
#
# SOAK_REQUESTS, SOAK_RESTARTS: default 30000 and 6
# APXS, CC, TEST_USER, KEEP: as for t/run.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/sanitize/functions.sh"
sanitize_begin

flags='-g -O1 -fsanitize=thread'
build_module "$flags"
build_canary "$flags"
preload handover

write_httpd \
    "LD_PRELOAD='$("$cc" -print-file-name=libtsan.so) $root/handover.so'" \
    "TSAN_OPTIONS=log_path=$root/reports/httpd:exitcode=0"

canary race 'data race'
canary none

HTTPD=$root/apache2 MODULE=$root/mod_cors.so \
    SOAK_REQUESTS=${SOAK_REQUESTS:-30000} SOAK_RESTARTS=${SOAK_RESTARTS:-6} \
    sh "$here/soak.sh" && status=0 || status=$?
# What httpd and APR do with their sockets among themselves is theirs.
grep -L 'src/core/\|src/server/\|mod_cors\.' "$root"/reports/* 2>/dev/null \
    | while read -r report; do rm "$report"; done
no_reports || status=1
exit "$status"
