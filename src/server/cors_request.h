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

#ifndef CORS_REQUEST_H
#define CORS_REQUEST_H

/**
 * @file cors_request.h
 * From a request to the verdict on it.
 */

#include <httpd.h>

#include "../../mod_cors.h"
#include "../core/cors_verdict.h"

/** The first request of the chain of internal redirects that r is in. */
request_rec *cors_request_first(const request_rec *r);

/**
 * The verdict on a request, or on the request of which it is an internal
 * redirect.
 *
 * @return NULL if there is none (yet); lives as long as the request
 */
const cors_verdict_t *cors_request_verdict(const request_rec *r);

/**
 * The Origin that the verdict is on: RequestHeader may have changed or removed
 * that of the request since.
 *
 * @param r with a verdict
 * @return NULL if there was none
 */
const char *cors_request_origin(const request_rec *r);

/** The same for the Sec-Fetch-Site of an actual request. */
const char *cors_request_site(const request_rec *r);

/**
 * Decide, and log the verdict: by the policy of the first request that has
 * one, from the start of a chain of internal redirects up to r.
 *
 * @param r without a verdict; in post_perdir_config or later, or failed
 * @return the verdict, or NULL if no policy is in force or the request is one
 *         that CORS has nothing to say to
 */
const cors_verdict_t *cors_request_decide(request_rec *r);

/**
 * Translate the URL of a preflight, and decide it at once if no directory and
 * no .htaccess has a say in that, or if the URL translates into a redirect,
 * which no browser follows.
 *
 * @return what the hook translate_name returns; DECLINED if the request is no
 *         preflight, or is one that has come here before
 */
int cors_request_translate(request_rec *r);

/**
 * Take the policy of a subrequest by which cors_request_translate() looks for
 * it.
 *
 * @return nonzero if it is one; it has served its purpose then
 */
int cors_request_look_up(const request_rec *r);

/**
 * Tell handlers, logs and CGI of a verdict: CORS_REQUEST, CORS_VERDICT and
 * CORS_REASON in the environment of an internal redirect and of those that
 * follow it.  That of the first request of a chain has them since the decision.
 */
void cors_request_publish(request_rec *r, const cors_verdict_t *verdict);

/**
 * Refuse, log and publish a preflight that the policy would grant, if the
 * response is a redirect: no browser follows it (Fetch, "CORS-preflight fetch",
 * which wants an ok status).
 *
 * @param r one that has been decided on, with its response's status and fields
 */
void cors_request_check_redirect(request_rec *r);

/** What other modules are told; see mod_cors.h. */
const mod_cors_verdict_t *cors_request_tell(const request_rec *r);

#endif /* CORS_REQUEST_H */
