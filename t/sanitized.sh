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

# The tests of t/run.sh with the module built for AddressSanitizer and
# UndefinedBehaviorSanitizer, within httpd.  A report fails them, wherever it
# comes from: each process writes its own to a file, whatever becomes of its
# error log.
#
#   t/sanitized.sh [test ...]    as t/run.sh
#
# What a module has comes from pools, in which the sanitizer sees no ends; see
# t/sanitize/redzone.c.  Before the tests a module with bugs shows that each
# would be reported.
#
# APXS, CC, TEST_USER, PORT, VERBOSE, KEEP: as for t/run.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/sanitize/functions.sh"
sanitize_begin

flags='-g -O1 -fno-omit-frame-pointer -fsanitize=address -fsanitize=undefined
    -fno-sanitize-recover=all'
build_module "$flags"
build_canary "$flags"
preload redzone

# Pools are not emptied when a child ends, so nothing can be said about leaks.
# httpd catches SIGSEGV itself, which would leave no report of it.
options="log_path=$root/reports/httpd:abort_on_error=1:handle_abort=0"
options="$options:handle_segv=2"
write_httpd \
    "LD_PRELOAD='$("$cc" -print-file-name=libasan.so) $root/redzone.so'" \
    "ASAN_OPTIONS=$options:detect_leaks=0:detect_stack_use_after_return=1" \
    "UBSAN_OPTIONS=$options:print_stacktrace=1"

canary heap 'heap-buffer-overflow'
canary freed 'heap-use-after-free'
canary pool 'use-after-poison'
canary printed 'use-after-poison'
canary undefined 'runtime error: shift exponent'
canary none

HTTPD=$root/apache2 MODULE=$root/mod_cors.so TIMEOUT=${TIMEOUT:-1500} \
    sh "$here/run.sh" "$@" && status=0 || status=$?
no_reports || status=1
exit "$status"
