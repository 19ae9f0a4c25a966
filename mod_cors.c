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
 * request is reached early, before access control and authentication; the
 * headers are written late, after everything that could set others.
 *
 *   src/core    CORS itself: origins, lists, policy, verdict
 *   src/server  directives, reading the request, writing the response
 */

#include <httpd.h>
#include <http_config.h>
#include <http_core.h>
#include <http_protocol.h>
#include <http_request.h>

#include "mod_cors.h"
#include "src/server/cors_config.h"
#include "src/server/cors_dump.h"
#include "src/server/cors_enforce.h"
#include "src/server/cors_lint.h"
#include "src/server/cors_log.h"
#include "src/server/cors_module.h"
#include "src/server/cors_request.h"
#include "src/server/cors_response.h"
#include "src/server/cors_section.h"
#include "src/server/cors_suffix.h"

/* Before the configuration is read. */
static int cors_pre_config(apr_pool_t *pconf, apr_pool_t *plog,
                           apr_pool_t *ptemp)
{
    (void)plog;
    (void)ptemp;
    cors_sections_begin(pconf);
    cors_lint_begin();
    cors_suffix_load(pconf);
    return OK;
}

/* When it is complete; "httpd -t" comes here as well. */
static int cors_check_config(apr_pool_t *pconf, apr_pool_t *plog,
                             apr_pool_t *ptemp, server_rec *s)
{
    (void)plog;
    (void)ptemp;
    cors_sections_end();
    return cors_lint_check(s, pconf);
}

/* "httpd -t" alone. */
static void cors_test_config(apr_pool_t *pconf, server_rec *s)
{
    if (ap_exists_config_define("DUMP_CORS")) {
        cors_dump(s, pconf);
    }
}

/* When the error log is open. */
static int cors_post_config(apr_pool_t *pconf, apr_pool_t *plog,
                            apr_pool_t *ptemp, server_rec *s)
{
    (void)pconf;
    (void)plog;
    cors_config_finish(s, ptemp);
    cors_lint_report(s);
    return OK;
}

static void cors_child_init(apr_pool_t *child, server_rec *s)
{
    (void)s;
    cors_log_init(child);
}

static int answer(request_rec *r, const cors_verdict_t *verdict)
{
    cors_request_publish(r, verdict);
    return cors_response_preflight(r, verdict);
}

/* Decide, and where the verdict says so answer the request or refuse it.  One
 * that has failed already has its answer: an ErrorDocument, with the headers
 * that the verdict calls for. */
static int decide(request_rec *r)
{
    const cors_verdict_t *verdict = cors_request_decide(r);

    if (!verdict || r->status != HTTP_OK) {
        return DECLINED;
    }
    if (cors_verdict_is_answer(verdict)) {
        return answer(r, verdict);
    }
    return cors_enforce_forbids(r, verdict) ? HTTP_FORBIDDEN : DECLINED;
}

/* A preflight that all others would redirect, and one whose policy is known
 * before the file system is looked at. */
static int cors_translate_name(request_rec *r)
{
    const int rv = cors_request_translate(r);
    const cors_verdict_t *verdict = rv == DECLINED
                                    ? NULL : cors_request_verdict(r);

    return verdict && cors_verdict_is_answer(verdict) ? answer(r, verdict)
                                                      : rv;
}

/* The first hook in which <If>, <Location> and .htaccess are merged, and the
 * last before access control and authentication, which a preflight, having no
 * credentials, could never pass.  Whatever a request is redirected to within
 * the server, it is decided once. */
static int cors_post_perdir_config(request_rec *r)
{
    const cors_verdict_t *verdict;
    int rv = DECLINED;

    if (r->main) {
        return cors_request_look_up(r) ? DONE : DECLINED;
    }
    if (!cors_request_verdict(r)) {
        rv = decide(r);
    }
    verdict = cors_request_verdict(r);
    if (verdict && rv == DECLINED) {
        /* Some modules write pages while they authenticate. */
        cors_response_prepare(r, verdict);
    }
    return rv;
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

/* DirectoryIndex, FallbackResource and MultiViews change the request's
 * configuration without a new request: where a policy holds for their target
 * alone, it is known only now. */
static int cors_fixups_late(request_rec *r)
{
    int rv = DECLINED;

    if (!r->main && !cors_request_verdict(r)) {
        rv = decide(r);
        cors_fixups(r);
    }
    return rv;
}

/* Before a handler runs. */
static void cors_insert_filter(request_rec *r)
{
    const cors_verdict_t *verdict = r->main ? NULL : cors_request_verdict(r);

    if (verdict) {
        cors_response_prepare(r, verdict);
    }
}

/* Before an error response is made, or one without a body.  A request that
 * failed before post_perdir_config is decided here.  The 304 of one that never
 * came there is mod_cache's, which has stored the headers with the rest. */
static void cors_insert_error_filter(request_rec *r)
{
    const cors_verdict_t *verdict;

    if (r->main) {
        return;
    }
    verdict = cors_request_verdict(r);
    if (!verdict && r->status != HTTP_NOT_MODIFIED) {
        verdict = cors_request_decide(r);
    }
    if (verdict) {
        cors_request_publish(r, verdict);
        cors_response_prepare(r, verdict);
    }
}

/* What other modules ask; see mod_cors.h. */
static const mod_cors_verdict_t *mod_cors_verdict(const request_rec *r)
{
    return cors_request_tell(r);
}

static void cors_register_hooks(apr_pool_t *pool)
{
    static const char *const after_headers[] = { "mod_headers.c", NULL };

    (void)pool;
    cors_response_register();
    APR_REGISTER_OPTIONAL_FN(mod_cors_verdict);
    ap_hook_pre_config(cors_pre_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_check_config(cors_check_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_test_config(cors_test_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_config(cors_post_config, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_child_init(cors_child_init, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_optional_fn_retrieve(cors_response_find_neighbours, NULL, NULL,
                                 APR_HOOK_MIDDLE);
    ap_hook_translate_name(cors_translate_name, NULL, NULL,
                           APR_HOOK_REALLY_FIRST);
    ap_hook_post_perdir_config(cors_post_perdir_config, NULL, NULL,
                               APR_HOOK_REALLY_FIRST);
    ap_hook_fixups(cors_fixups, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_fixups(cors_fixups_late, NULL, NULL, APR_HOOK_REALLY_LAST);
    ap_hook_insert_filter(cors_insert_filter, after_headers, NULL,
                          APR_HOOK_REALLY_LAST);
    ap_hook_insert_error_filter(cors_insert_error_filter, after_headers, NULL,
                                APR_HOOK_REALLY_LAST);
}

AP_DECLARE_MODULE(cors) = {
    STANDARD20_MODULE_STUFF,
    cors_config_create,     /* per-directory configuration: make */
    cors_config_merge,      /* and merge */
    cors_config_server,     /* per-server configuration: make; */
    NULL,                   /* computed, never merged */
    cors_directives,
    cors_register_hooks
};
