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

#ifndef CORS_SUFFIX_H
#define CORS_SUFFIX_H

/**
 * @file cors_suffix.h
 * Public suffixes: names below which anybody can have one, as "com" and
 * "github.io".
 */

#include <apr_pools.h>

/**
 * Load the Public Suffix List: the system's, if that is newer than the one
 * built into libpsl.  Before the configuration is read.
 *
 * @param pool whose end frees the list
 */
void cors_suffix_load(apr_pool_t *pool);

/**
 * Whether a pattern in the form of cors_origin_pattern() covers all names below
 * a public suffix.  A name that the list does not have is none: an intranet
 * may call itself what it likes.
 */
int cors_suffix_is_covered(const char *pattern);

/** The site of a host; see cors_site_fn in cors_probe.h. */
const char *cors_suffix_site(const char *host);

#endif /* CORS_SUFFIX_H */
