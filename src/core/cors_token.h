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

#ifndef CORS_TOKEN_H
#define CORS_TOKEN_H

/**
 * @file cors_token.h
 * Tokens, the names of methods and fields (RFC 9110, 5.6.2), and the lists
 * that fields make of them (5.6.1).
 */

#include <apr_pools.h>

/** How long a string literal is. */
#define CORS_LEN(literal) (sizeof(literal) - 1)

/** For each byte of a token its lower case; 0 for what is no token byte. */
extern const unsigned char cors_token_lower[256];

/** How many bytes at the start of text are token bytes. */
apr_size_t cors_token_span(const char *text);

/** Whether text is a token. */
int cors_is_token(const char *text);

/** Whether two runs of len token bytes are equal without regard to case. */
int cors_token_equal(const char *a, const char *b, apr_size_t len);

/**
 * The next element of a comma-separated list.
 *
 * @param list where to begin; moved behind the element
 * @param len length of the element, white space around it not counted; 0 for
 *            an empty one
 * @return the element, or NULL at the end of the list
 */
const char *cors_list_next(const char **list, apr_size_t *len);

/** Whether a list holds a token, without regard to case. */
int cors_list_has(const char *list, const char *token, apr_size_t len);

/**
 * Whether each element of a list is in another one, or in a third, without
 * regard to case.  The empty ones do not count.
 */
int cors_list_within(const char *list, const char *other, const char *third);

/**
 * Merge two lists: each element once, without regard to case, and without the
 * empty ones.
 *
 * @return in pool; "*" alone where either has that (RFC 9110, 12.5.5, for
 *         Vary)
 */
const char *cors_list_merge(const char *list, const char *more,
                            apr_pool_t *pool);

#endif /* CORS_TOKEN_H */
