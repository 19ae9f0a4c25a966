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

#ifndef CORS_RESPONSE_H
#define CORS_RESPONSE_H

/**
 * @file cors_response.h
 * From the verdict on a request to the headers of its response.
 */

#include <httpd.h>

#include "../core/cors_verdict.h"

/** Register the output filter; once, before a request comes. */
void cors_response_register(void);

/** Look for mod_headers and mod_cache; once, when all modules are there. */
void cors_response_find_neighbours(void);

/**
 * See to it that a response will carry the headers that a verdict calls for.
 * They are written when the response's first brigade passes: later than all
 * that handlers, backends and mod_headers do, earlier than a cache stores.
 */
void cors_response_prepare(request_rec *r, const cors_verdict_t *verdict);

/**
 * Answer a preflight: read its body, if it has one, set the status and prepare
 * the response.
 *
 * @return what the hook that calls this returns: DONE, upon which the core
 *         sends the response, or the status of a broken request
 */
int cors_response_preflight(request_rec *r, const cors_verdict_t *verdict);

#endif /* CORS_RESPONSE_H */
