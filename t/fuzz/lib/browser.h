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


#ifndef CORS_BROWSER_H
#define CORS_BROWSER_H

/**
 * @file browser.h
 * What a browser makes of an answer, in the words of Fetch.
 */

#include "../../../src/core/cors_verdict.h"

#include "fuzz.h"

/**
 * Fetch, "CORS check".
 *
 * @param origin that of the page, serialised
 * @param includes whether the credentials mode is "include"
 */
int browser_check(const cors_verdict_t *answer, const char *origin,
                  int includes);

/**
 * Fetch, "CORS-preflight fetch", step 7: whether the request follows.
 *
 * @param method the method of the request
 * @param header the one header that is not safelisted; or NULL
 */
int browser_goes_on(const cors_verdict_t *answer, const char *origin,
                    const char *method, const char *header, int includes,
                    apr_pool_t *pool);

#endif /* CORS_BROWSER_H */
