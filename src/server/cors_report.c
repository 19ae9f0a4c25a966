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

#include <httpd.h>

#include "../core/cors_check.h"
#include "../core/cors_token.h"
#include "cors_log.h"
#include "cors_report.h"
#include "cors_request.h"

typedef enum {
    SINGLE,             /* one value */
    LIST,               /* a list, in any order */
    VARY                /* a list that may have more than is wanted */
} kind_t;

/* Those that HTML forms can cause (Fetch, "CORS-safelisted request-header",
 * without those for which the value decides). */
static const char *const request_headers[] = {
    "Accept", "Accept-Language", "Content-Language", NULL
};

/* The fields of a CORS response; on what browsers look at them; and of those
 * that are lists what they do not ask for (Fetch, "CORS-safelisted"). */
static const struct {
    const char *name;
    kind_t kind;
    enum { ALL, PREFLIGHTS, OTHERS } on;
    const char *const *unasked;
} fields[] = {
    { "Access-Control-Allow-Origin", SINGLE, ALL, NULL },
    { "Access-Control-Allow-Credentials", SINGLE, ALL, NULL },
    { "Access-Control-Expose-Headers", LIST, OTHERS,
      cors_safelisted_response_headers },
    { "Access-Control-Allow-Methods", LIST, PREFLIGHTS,
      cors_safelisted_methods },
    { "Access-Control-Allow-Headers", LIST, PREFLIGHTS, request_headers },
    { "Access-Control-Max-Age", SINGLE, PREFLIGHTS, NULL },
    { "Access-Control-Allow-Private-Network", SINGLE, PREFLIGHTS, NULL },
    { "Timing-Allow-Origin", SINGLE, OTHERS, NULL },
    { "Vary", VARY, ALL, NULL }
};

/* All values of a field in the tables of a response, as a client reads them. */
static const char *sent(const request_rec *r, const char *name)
{
    const char *value = apr_table_getm(r->pool, r->err_headers_out, name);
    const char *more = apr_table_getm(r->pool, r->headers_out, name);

    return value && more ? apr_pstrcat(r->pool, value, ", ", more, NULL)
                         : value ? value : more;
}

/* A list as a field would have it. */
static const char *joined(const char *const *names, apr_pool_t *pool)
{
    const char *text = "";

    for (; names && *names; names++) {
        text = apr_pstrcat(pool, text, *names, ",", NULL);
    }
    return text;
}

static int differs(kind_t kind, const char *is, const char *wanted,
                   const char *unasked)
{
    switch (kind) {
    case SINGLE:
        return is && wanted ? strcmp(is, wanted) != 0 : is != wanted;
    case LIST:
        return !cors_list_within(is ? is : "", wanted ? wanted : "", unasked)
               || !cors_list_within(wanted ? wanted : "", is ? is : "",
                                    unasked);
    default:
        return wanted && !cors_list_within(wanted, is ? is : "", "");
    }
}

static const char *describe(const char *value, apr_pool_t *pool)
{
    return value ? cors_log_quoted(value, pool) : "none";
}

void cors_report(const request_rec *r, const cors_verdict_t *verdict,
                 const apr_table_t *wanted, int status)
{
    const int other = verdict->kind == CORS_PREFLIGHT ? OTHERS : PREFLIGHTS;
    const char *text = "";
    unsigned int i;

    if (status && status != r->status) {
        text = apr_psprintf(r->pool, "; status %d instead of %d", r->status,
                            status);
    }
    for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++) {
        const char *is = sent(r, fields[i].name);
        const char *value = apr_table_get(wanted, fields[i].name);

        if ((int)fields[i].on != other
            && differs(fields[i].kind, is, value,
                       joined(fields[i].unasked, r->pool))) {
            text = apr_psprintf(r->pool, "%s; %s %s instead of %s", text,
                                fields[i].name, describe(is, r->pool),
                                describe(value, r->pool));
        }
    }
    if (*text) {
        cors_log_difference(cors_request_first(r), verdict,
                            text + CORS_LEN("; "));
    }
}
