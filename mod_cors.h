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

#ifndef MOD_CORS_H
#define MOD_CORS_H

/**
 * @file mod_cors.h
 * What other modules may use.
 *
 * The verdict on a request stands in its subprocess_env from fixups on, and
 * for a request that fails before from the moment at which its error response
 * is made.  It follows internal redirects.
 */

/** "none", "actual" or "preflight"; unset where no policy is in force. */
#define CORS_ENV_REQUEST "CORS_REQUEST"

/** "granted" or "refused"; unset if there is nothing to grant. */
#define CORS_ENV_VERDICT "CORS_VERDICT"

/** Why it is refused, in the words of docs/mod_cors.md; unset otherwise. */
#define CORS_ENV_REASON "CORS_REASON"

#include <apr_optional.h>
#include <httpd.h>

/** A verdict; fields may be added at the end. */
typedef struct mod_cors_verdict_t {
    const char *request;        /* as in CORS_REQUEST */
    const char *verdict;        /* as in CORS_VERDICT; NULL if that is unset */
    const char *reason;         /* as in CORS_REASON; NULL if that is unset */
    const char *allow_origin;   /* the Access-Control-Allow-Origin of the
                                 * response; NULL if it has none */
    int credentials;            /* whether the origin may use credentials */
    int is_report_only;         /* the response stays as it is, whatever the
                                 * verdict is */
} mod_cors_verdict_t;

/**
 * Ask for the verdict on a request, from post_perdir_config on; to be
 * retrieved with APR_RETRIEVE_OPTIONAL_FN(mod_cors_verdict).
 *
 * @param r the request; of a subrequest and of an internal redirect the
 *          verdict is that on what the client asked for
 * @return in the pool of r; NULL if no policy is in force, or it is too early
 */
APR_DECLARE_OPTIONAL_FN(const mod_cors_verdict_t *, mod_cors_verdict,
                        (const request_rec *r));

#endif /* MOD_CORS_H */
