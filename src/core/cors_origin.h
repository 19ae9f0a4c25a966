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

#ifndef CORS_ORIGIN_H
#define CORS_ORIGIN_H

/**
 * @file cors_origin.h
 * Origins: as browsers send them in `Origin`, and as administrators write
 * them in CorsAllowOrigin.
 */

#include <apr_pools.h>

/**
 * The longest Origin that is looked at.  A host name has at most 253 bytes
 * and a port 5; what is left is ample for any scheme.
 */
#define CORS_ORIGIN_MAX 512

/** An origin as it stands in a request; points into the field, no copy. */
typedef struct cors_origin_t {
    const char *text;       /* scheme "://" host [ ":" port ], or "null" */
    apr_size_t len;
    apr_size_t host;        /* offset of the host; 0 if this is "null" */
    apr_size_t host_end;    /* offset of what follows the host: ":" or end */
} cors_origin_t;

/** The opaque origin: sandboxed frames, data: and file: pages. */
#define cors_origin_is_null(o) ((o)->host == 0)

/**
 * Read the value of an Origin field: exactly one serialised origin, or
 * "null" (Fetch, "Origin header"; RFC 6454, 6.1).
 *
 * Stricter than the grammar where browsers are: scheme and host in lower
 * case, no empty label, a port without leading zeros up to 65535.  As lenient
 * as they are with `_` in a host, which exists in the wild.
 *
 * @param origin what was read; valid as long as text is
 * @param text the field's value; no more of it is looked at than some bytes
 *             beyond CORS_ORIGIN_MAX
 * @return nonzero if it is well-formed
 */
int cors_origin_read(cors_origin_t *origin, const char *text);

/**
 * Whether an origin is the one made of these parts, the default port of the
 * scheme folded away (Fetch and HTML, "same origin").
 *
 * @param origin well-formed
 * @param scheme in lower case
 * @param host as the client named it; compared without regard to case, an
 *             IPv6 address with or without its brackets
 * @param port the port that the client used
 */
int cors_origin_equals(const cors_origin_t *origin, const char *scheme,
                       const char *host, unsigned int port);

/**
 * Bring one entry of an origin list into the form in which it is kept and
 * compared:
 *
 *     null   *   scheme://[*.]host[:port|:*]
 *
 * with scheme and host in lower case, a default port left out and an IPv6
 * address as URLs serialise it (WHATWG URL, "IPv6 serializer").
 *
 * @param canonical the form, in pool, or entry itself if nothing changes
 * @param entry the entry without its sign
 * @param pool for canonical and for the fault
 * @return NULL, or what is wrong with the entry and what to write instead;
 *         everything that no browser can send is wrong
 */
const char *cors_origin_pattern(const char **canonical, const char *entry,
                                apr_pool_t *pool);

/** What a scheme consists of, after its first letter. */
int cors_is_scheme_char(char c);

/** What a host consists of, besides dots; addresses in brackets aside. */
int cors_is_host_char(char c);

/**
 * The port that URLs of a scheme leave out, or 0 if they leave none out
 * (WHATWG URL, "default port").
 */
unsigned int cors_default_port(const char *scheme);

#endif /* CORS_ORIGIN_H */
