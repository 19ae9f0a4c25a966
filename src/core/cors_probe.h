/* Licensed under the Apache License, Version 2.0 (the "License");
 * you may not use this file except in compliance with the License.
 * You may obtain a copy of the License at
 *
 *     http://www.apache.org/licenses/LICENSE-2.0
 *
 * Unless required by applicable law or agreed to in writing, software
 * distributed under the License is distributed on an "AS IS" BASIS,
 * WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
 * See the License for the specific language governing permissions and
 * limitations under the License.
 */

#ifndef CORS_PROBE_H
#define CORS_PROBE_H

/**
 * @file cors_probe.h
 * CORS-W02: expressions that let in more than they are written for, because a
 * dot is not escaped, a wildcard is not bounded or an end is left open.
 */

#include "cors_origin_set.h"

/**
 * The site that a host is part of: its registrable domain (WHATWG URL).  Below
 * no known suffix it is the last label, since an intranet belongs to one owner,
 * whatever it calls itself.
 *
 * @param host a name in lower case, no address
 * @return points into host; NULL if the host is itself a public suffix
 */
typedef const char *cors_site_fn(const char *host);

/**
 * Try an expression with origins of sites that it does not name: others
 * altogether, and its own names with something else in the place of a
 * wildcard or of a dot that is not escaped.
 *
 * What is returned did get in.  Let pass, lest good expressions be blamed, are
 * names that strangers do not have, or hardly: hosts of one label that the
 * expression names in part, addresses of which it names a number, and names
 * as hosting services make them for an owner: "pr-1--app", "app-1-team".
 *
 * Asks at most a thousand times, and goes on after a few answers that could
 * not be found out, but not after many.
 *
 * @param matcher the expression; asked about well-formed origins only
 * @param site called with hosts of these
 * @param pool for what is returned
 * @return the origin that says most about what is wrong, or NULL if none got
 *         in
 */
const char *cors_probe(const cors_matcher_t *matcher, cors_site_fn *site,
                       apr_pool_t *pool);

#endif /* CORS_PROBE_H */
