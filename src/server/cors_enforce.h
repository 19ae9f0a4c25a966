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

#ifndef CORS_ENFORCE_H
#define CORS_ENFORCE_H

/**
 * @file cors_enforce.h
 * CorsEnforce: requests that are refused before they do anything.
 */

#include <httpd.h>

#include "../core/cors_verdict.h"

/**
 * Whether CorsEnforce forbids this request: an actual request that is refused
 * and comes from a page of another origin.
 */
int cors_enforce_forbids(const request_rec *r, const cors_verdict_t *verdict);

#endif /* CORS_ENFORCE_H */
