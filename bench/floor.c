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
 * What httpd alone takes for the responses that instructions.sh asks of
 * mod_cors: a module that knows no policy and writes their fields.
 *
 * It answers for the requests of drive.pl, and is loaded in mod_cors's place.
 * Its CorsAllowOrigin does nothing, which is what start.sh wants it for.
 */

#include <httpd.h>
#include <http_config.h>

module AP_MODULE_DECLARE_DATA cors_module;

#define CORS "Access-Control-"

static int has(const request_rec *r, const char *name)
{
    return apr_table_get(r->headers_in, name) != NULL;
}

static void add(const request_rec *r, const char *name, const char *value)
{
    apr_table_addn(r->headers_out, name, value);
}

static void add_origin(const request_rec *r)
{
    add(r, CORS "Allow-Origin", "https://app.example.com");
    add(r, CORS "Allow-Credentials", "true");
}

static int translate_name(request_rec *r)
{
    if (r->method_number != M_OPTIONS || !has(r, CORS "Request-Method")) {
        return DECLINED;
    }
    add(r, "Vary", "Origin, " CORS "Request-Method, " CORS "Request-Headers");
    add_origin(r);
    add(r, CORS "Allow-Methods", "PUT, PATCH, DELETE");
    add(r, CORS "Allow-Headers", "Authorization, Content-Type, "
                                 "X-Requested-With");
    add(r, CORS "Max-Age", "600");
    r->status = HTTP_NO_CONTENT;
    return DONE;
}

static int fixups(request_rec *r)
{
    add(r, "Vary", "Origin");
    if (has(r, "Origin")) {
        add_origin(r);
        add(r, CORS "Expose-Headers", "ETag, Link, X-Request-Id");
    }
    return DECLINED;
}

static void register_hooks(apr_pool_t *pool)
{
    (void)pool;
    ap_hook_translate_name(translate_name, NULL, NULL, APR_HOOK_REALLY_FIRST);
    ap_hook_fixups(fixups, NULL, NULL, APR_HOOK_REALLY_FIRST);
}

static const char *ignore(cmd_parms *cmd, void *config, const char *args)
{
    (void)cmd;
    (void)config;
    (void)args;
    return NULL;
}

static const command_rec directives[] = {
    AP_INIT_RAW_ARGS("CorsAllowOrigin", ignore, NULL, OR_FILEINFO, "nothing"),
    { NULL }
};

AP_DECLARE_MODULE(cors) = {
    STANDARD20_MODULE_STUFF, NULL, NULL, NULL, NULL, directives, register_hooks
};
