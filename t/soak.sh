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

# A soak: many requests of all kinds, each answer compared, while the server is
# restarted, reconfigured and starved.  See t/soak.pl for what is done to it.
#
#   t/soak.sh
#
# SOAK_REQUESTS  how many; default 500000
# SOAK_RESTARTS  graceful restarts among them; default 30
# MODULE, HTTPD  the module, default mod_cors.so beside t, and the httpd
# APXS, CC, TEST_USER, KEEP: as for t/run.sh
set -eu

here=$(cd "$(dirname "$0")" && pwd)
. "$here/sanitize/functions.sh"
sanitize_begin

for client in http1 http2; do
    "$cc" -std=gnu99 -Wall -Wextra -O2 -o "$root/$client" \
        "$here/soak/$client.c" "$here/soak/cases.c" -lnghttp2 \
        || fail "$client is not built"
done
cp "${MODULE:-$here/../mod_cors.so}" "$root/mod_cors.so"
cp "$here/soak.pl" "$here/soak/Cases.pm" "$root/"
mkdir "$root/run"
[ -z "$as" ] || chown "$user" "$root/run"

isolated nice perl -I"$root" "$root/soak.pl" "$root" "${HTTPD:-$httpd}" \
    "$modules" "${SOAK_REQUESTS:-500000}" "${SOAK_RESTARTS:-30}"
