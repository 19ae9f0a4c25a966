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

#ifndef CORS_CHECK_H
#define CORS_CHECK_H

/**
 * @file cors_check.h
 * What makes an entry of a name list wrong: names that cannot stand in the
 * protocol, or that can never do what they are listed for.
 *
 * The checks take an entry without its sign and whether it is an exclusion,
 * which may name what can never be included.  They return NULL, or what is
 * wrong and what to write instead, in pool.
 */

#include <apr_pools.h>

typedef const char *cors_check_fn(const char *entry, int exclude,
                                  apr_pool_t *pool);

/** An entry of CorsAllowMethods. */
cors_check_fn cors_check_method;

/** An entry of CorsAllowHeaders (Fetch, "forbidden request-header"). */
cors_check_fn cors_check_request_header;

/**
 * An entry of CorsExposeHeaders (Fetch, "forbidden response-header name").
 * Authorization is let through: applications do answer with it, although
 * RFC 9110 knows it in requests only.
 */
cors_check_fn cors_check_response_header;

/*
 * What is accepted, but not what it looks like, or needless.  Arguments as
 * above; NULL, or a warning with its id.
 */

/** CORS-W04, a method in lower case; CORS-W05, an exclusion without effect. */
cors_check_fn cors_warn_method;

/** CORS-W08, a name that browsers show anyway (Fetch, "CORS-safelisted
 * response-header name"). */
cors_check_fn cors_warn_response_header;

/**
 * CORS-W08, a port that URLs leave out.
 *
 * @param entry an origin as written
 * @param pattern what cors_origin_pattern() makes of it
 */
const char *cors_warn_port(const char *entry, const char *pattern,
                           apr_pool_t *pool);

/** CORS-W08, an entry that the list has already. */
const char *cors_warn_duplicate(const char *entry, int exclude,
                                apr_pool_t *pool);

/** Methods that browsers do not ask for (Fetch, "CORS-safelisted method");
 * NULL ends them. */
extern const char *const cors_safelisted_methods[];

/** Whether a method is one of these; case matters. */
int cors_is_safelisted_method(const char *method);

/** What browsers show anyway (Fetch, "CORS-safelisted response-header name");
 * NULL ends them. */
extern const char *const cors_safelisted_response_headers[];

/** Whether no script can send a method (Fetch, "forbidden method"). */
int cors_is_forbidden_method(const char *method);

/** A fault: the entry in quotes, what is wrong with it, and the mend. */
const char *cors_fault(const char *entry, const char *what, const char *mend,
                       apr_pool_t *pool);

#endif /* CORS_CHECK_H */
