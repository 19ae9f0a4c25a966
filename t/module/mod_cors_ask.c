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

/* A module that asks mod_cors for its verdict: what t/ask.t loads, and an
 * example of how it is done. */

#include <apr_strings.h>

#include <httpd.h>
#include <http_config.h>
#include <http_protocol.h>
#include <http_request.h>

#include "../../mod_cors.h"

static APR_OPTIONAL_FN_TYPE(mod_cors_verdict) *ask;

/* mod_cors need not be there. */
static void find_mod_cors(void)
{
    ask = APR_RETRIEVE_OPTIONAL_FN(mod_cors_verdict);
}

static const char *describe(const request_rec *r)
{
    const mod_cors_verdict_t *told = ask ? ask(r) : NULL;

    if (!told) {
        return ask ? "no policy" : "no mod_cors";
    }
    return apr_psprintf(r->pool, "%s %s %s %s%s%s", told->request,
                        told->verdict ? told->verdict : "-",
                        told->reason ? told->reason : "-",
                        told->allow_origin ? told->allow_origin : "-",
                        told->credentials ? " with credentials" : "",
                        told->is_report_only ? " (report only)" : "");
}

/* As early as it can be asked, behind mod_cors, and for error documents. */
static int note_early(request_rec *r)
{
    if (!r->main) {
        apr_table_setn(r->err_headers_out, "X-Early", describe(r));
    }
    return DECLINED;
}

static int handler(request_rec *r)
{
    if (!r->handler || strcmp(r->handler, "cors-ask") != 0) {
        return DECLINED;
    }
    ap_set_content_type(r, "text/plain");
    ap_rputs(describe(r), r);
    return OK;
}

static void register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_optional_fn_retrieve(find_mod_cors, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_post_perdir_config(note_early, NULL, NULL, APR_HOOK_MIDDLE);
    ap_hook_handler(handler, NULL, NULL, APR_HOOK_MIDDLE);
}

AP_DECLARE_MODULE(cors_ask) = {
    STANDARD20_MODULE_STUFF,
    NULL, NULL, NULL, NULL, NULL,
    register_hooks
};
