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

#include <apr_strings.h>
#define APR_WANT_STRFUNC
#include <apr_want.h>

#include <httpd.h>
#include <http_core.h>
#include <http_protocol.h>

#include "../core/cors_origin.h"
#include "cors_enforce.h"
#include "cors_request.h"

/* Whether an origin is the site's by the name that httpd gives it under
 * UseCanonicalName: a proxy may ask for it by another. */
static int is_canonical_origin(const request_rec *r,
                               const cors_origin_t *origin)
{
    const core_dir_config *conf =
        ap_get_core_module_config(r->per_dir_config);

    return conf->use_canonical_name == USE_CANONICAL_NAME_ON
           && cors_origin_equals(origin, ap_http_scheme(r),
                                 r->server->server_hostname,
                                 ap_get_server_port(r));
}

/* Whether a browser says, or the Origin shows, that the page is of the origin
 * that it asks, or that there is no page.  What counts is the scheme, host and
 * port that the client used: the scheme may stand in ServerName, where a proxy
 * in front of httpd ends TLS. */
static int is_same_origin(const request_rec *r)
{
    const char *site = cors_request_site(r);
    const char *scheme = ap_http_scheme(r);
    cors_origin_t origin;
    unsigned int port;

    if (site && (!strcmp(site, "same-origin") || !strcmp(site, "none"))) {
        return 1;
    }
    if (!cors_origin_read(&origin, cors_request_origin(r))) {
        return 0;
    }
    port = r->parsed_uri.port_str ? r->parsed_uri.port
           : strcmp(scheme, "https") ? DEFAULT_HTTP_PORT : DEFAULT_HTTPS_PORT;
    return (r->hostname
            && cors_origin_equals(&origin, scheme, r->hostname, port))
           || is_canonical_origin(r, &origin);
}

int cors_enforce_forbids(const request_rec *r, const cors_verdict_t *verdict)
{
    const unsigned char *setting = verdict->policy->setting;

    return setting[CORS_ENFORCE] && setting[CORS_ENGINE] == CORS_ENGINE_ON
           && verdict->kind == CORS_ACTUAL && verdict->reason != CORS_GRANTED
           && !is_same_origin(r);
}
