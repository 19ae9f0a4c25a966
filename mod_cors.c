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

/*
 * mod_cors: Cross-Origin Resource Sharing, as the Fetch standard has it.
 *
 * What httpd calls, in the order in which it calls it.  A verdict on the
 * request is reached early, before anything can refuse or redirect it; the
 * headers are written late, after everything that could set others.
 *
 *   src/core    CORS itself: origins, lists, policy, verdict
 *   src/server  directives, reading the request, writing the response
 */

#include <httpd.h>
#include <http_config.h>
#include <http_protocol.h>
#include <http_request.h>

#include "src/server/cors_config.h"
#include "src/server/cors_module.h"
#include "src/server/cors_request.h"
#include "src/server/cors_response.h"

/* The first hook in which <If>, <Location> and .htaccess are merged, and the
 * last before access control and authentication, which a preflight, having no
 * credentials, could never pass.  Whatever a request is redirected to within
 * the server, it is decided once. */
static int cors_post_perdir_config(request_rec *r)
{
    const cors_verdict_t *verdict;

    if (r->main || cors_request_verdict(r)) {
        return DECLINED;
    }
    verdict = cors_request_decide(r);
    if (!verdict) {
        return DECLINED;
    }
    if (cors_request_is_answered(verdict)) {
        cors_response_preflight(r, verdict);
        return DONE;
    }
    return cors_request_is_forbidden(r, verdict) ? HTTP_FORBIDDEN : DECLINED;
}

/* Handlers, CGI and logs see the verdict, and so do other modules' fixups. */
static int cors_fixups(request_rec *r)
{
    const cors_verdict_t *verdict = r->main ? NULL : cors_request_verdict(r);

    if (verdict) {
        cors_request_publish(r, verdict);
    }
    return DECLINED;
}

/* Decide late, where there is no verdict yet, and tell it. */
static const cors_verdict_t *decide_late(request_rec *r)
{
    const cors_verdict_t *verdict = cors_request_decide(r);

    if (verdict) {
        cors_request_publish(r, verdict);
    }
    return verdict;
}

/* Before a handler runs.  A policy that holds for the target of DirectoryIndex
 * or FallbackResource alone is known only now: these change the request's
 * configuration without a new request.  A request whose sections were not
 * looked up at all is mod_cache's, which has stored the headers with the rest;
 * so is one with 304 below. */
static void cors_insert_filter(request_rec *r)
{
    const cors_verdict_t *verdict;

    if (r->main) {
        return;
    }
    verdict = cors_request_verdict(r);
    if (!verdict && r->per_dir_config != r->server->lookup_defaults) {
        verdict = decide_late(r);
    }
    if (verdict) {
        cors_response_prepare(r, verdict);
    }
}

/* Before an error response is made, or one without a body.  A request that
 * failed before post_perdir_config is decided here. */
static void cors_insert_error_filter(request_rec *r)
{
    const cors_verdict_t *verdict;

    if (r->main) {
        return;
    }
    verdict = cors_request_verdict(r);
    if (verdict) {
        cors_request_publish(r, verdict);
    }
    else if (r->status != HTTP_NOT_MODIFIED) {
        verdict = decide_late(r);
    }
    if (verdict) {
        cors_response_prepare(r, verdict);
    }
}

static void cors_register_hooks(apr_pool_t *pool)
{
    static const char *const after_headers[] = { "mod_headers.c", NULL };

    (void)pool;
    cors_response_register();
    ap_hook_post_perdir_config(cors_post_perdir_config, NULL, NULL,
                               APR_HOOK_REALLY_FIRST);
    ap_hook_fixups(cors_fixups, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_insert_filter(cors_insert_filter, after_headers, NULL,
                          APR_HOOK_REALLY_LAST);
    ap_hook_insert_error_filter(cors_insert_error_filter, after_headers, NULL,
                                APR_HOOK_REALLY_LAST);
}

AP_DECLARE_MODULE(cors) = {
    STANDARD20_MODULE_STUFF,
    cors_config_create,     /* per-directory configuration: make */
    cors_config_merge,      /* and merge */
    NULL,                   /* no configuration of a server of its own */
    NULL,
    cors_directives,
    cors_register_hooks
};
