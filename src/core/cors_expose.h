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

#ifndef CORS_EXPOSE_H
#define CORS_EXPOSE_H

/**
 * @file cors_expose.h
 * Access-Control-Expose-Headers, spelled out.
 */

#include <apr_tables.h>

#include "cors_names.h"

/**
 * The value of Access-Control-Expose-Headers that says what a list covers
 * without `*` and prefixes: the plain names, and those of the given fields
 * that the list covers and that can be exposed.  What a browser shows or hides
 * anyway is left out: the safelisted names, Set-Cookie, hop-by-hop and CORS
 * fields (Fetch, "CORS-safelisted response-header name", "forbidden
 * response-header name").
 *
 * @param exposed the list
 * @param tables the fields of the response; NULL ends them
 * @param more names of fields that are added later; NULL ends them
 * @return in pool or in the list, or NULL if there is nothing to say
 */
const char *cors_expose(const cors_names_t *exposed,
                        const apr_table_t *const *tables,
                        const char *const *more, apr_pool_t *pool);

#endif /* CORS_EXPOSE_H */
