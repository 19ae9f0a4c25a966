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
#include <http_log.h>
#include <http_protocol.h>
#include <util_filter.h>

#include "../core/cors_token.h"
#include "cors_config.h"
#include "cors_enforce.h"
#include "cors_module.h"
#include "cors_report.h"
#include "cors_request.h"
#include "cors_response.h"

APLOG_USE_MODULE(cors);

#define CORS_FIELD "Access-Control-"

/* The fields that a response may carry and that the module answers for. */
enum {
    ALLOW_ORIGIN, ALLOW_CREDENTIALS, EXPOSE_HEADERS, ALLOW_METHODS,
    ALLOW_HEADERS, MAX_AGE, ALLOW_PRIVATE_NETWORK, FIELDS
};

static const char *const fields[FIELDS] = {
    CORS_FIELD "Allow-Origin",
    CORS_FIELD "Allow-Credentials",
    CORS_FIELD "Expose-Headers",
    CORS_FIELD "Allow-Methods",
    CORS_FIELD "Allow-Headers",
    CORS_FIELD "Max-Age",
    CORS_FIELD "Allow-Private-Network"
};

static const char timing_allow_origin[] = "Timing-Allow-Origin";

static ap_filter_rec_t *filter_handle;

/* The same once more, behind mod_cache. */
static ap_filter_rec_t *late_filter_handle;

/* mod_headers' filter for "Header always", if that module is there. */
static ap_filter_rec_t *header_always_handle;

/* Whether mod_cache is there. */
static int has_cache;

/* Whether a table has fields that begin with "Access-Control-", and how many
 * Vary fields: two questions, one walk. */
static void survey(const apr_table_t *table, int *has_cors, int *n_vary)
{
    const apr_array_header_t *elts = apr_table_elts(table);
    const apr_table_entry_t *field = (const apr_table_entry_t *)elts->elts;
    const apr_table_entry_t *const end = field + elts->nelts;

    for (; field < end; field++) {
        switch (*field->key) {
        case 'A': case 'a':
            *has_cors |= !strncasecmp(field->key, CORS_FIELD,
                                      CORS_LEN(CORS_FIELD));
            break;
        case 'V': case 'v':
            *n_vary += !strcasecmp(field->key, "Vary");
            break;
        default:
            break;
        }
    }
}

static void unset_both(request_rec *r, const char *field)
{
    apr_table_unset(r->headers_out, field);
    apr_table_unset(r->err_headers_out, field);
}

static void unset_cors(request_rec *r)
{
    int i;

    for (i = 0; i < FIELDS; i++) {
        unset_both(r, fields[i]);
    }
}

static int is_set(const request_rec *r, const char *field)
{
    return apr_table_get(r->headers_out, field)
           || apr_table_get(r->err_headers_out, field);
}

static void add(request_rec *r, const char *field, const char *value)
{
    if (value) {
        apr_table_addn(r->headers_out, field, value);
    }
}

/* Merge what a table says in its Vary fields into one list. */
static const char *merge_vary(const char *list, const apr_table_t *table,
                              apr_pool_t *pool)
{
    const apr_array_header_t *elts = apr_table_elts(table);
    int i;

    for (i = 0; i < elts->nelts; i++) {
        const apr_table_entry_t *field = &APR_ARRAY_IDX(elts, i,
                                                        apr_table_entry_t);

        if (!strcasecmp(field->key, "Vary")) {
            list = cors_list_merge(list, field->val, pool);
        }
    }
    return list;
}

/* One Vary field that keeps the names of all: a cache that finds two compares
 * the first alone with what it stored, and never hits. */
static void write_vary(request_rec *r, const char *names, int n_vary)
{
    const char *merged;

    if (!n_vary) {
        apr_table_addn(r->headers_out, "Vary", names);
        return;
    }
    merged = merge_vary("", r->err_headers_out, r->pool);
    merged = merge_vary(merged, r->headers_out, r->pool);
    merged = cors_list_merge(merged, names, r->pool);
    unset_both(r, "Vary");
    apr_table_addn(r->headers_out, "Vary", merged);
}

/* The core takes an ETag out again where a note tells it to, as mod_include's
 * does. */
static const apr_table_t *without_etag(const request_rec *r)
{
    apr_table_t *fields = r->headers_out;

    if (apr_table_get(r->notes, "no-etag")) {
        fields = apr_table_copy(r->pool, fields);
        apr_table_unset(fields, "ETag");
    }
    return fields;
}

/* The names of what the tables have, and of what the core will add to them. */
static const char *expose(const request_rec *r, const cors_verdict_t *verdict)
{
    const apr_table_t *tables[3];
    const char *more[5];
    int n = 0;

    if (!verdict->policy->expose) {
        return NULL;
    }
    tables[0] = without_etag(r);
    tables[1] = r->err_headers_out;
    tables[2] = NULL;
    more[n++] = "Date";
    more[n++] = "Server";
    if (r->content_encoding && r->status != HTTP_NO_CONTENT
        && r->status != HTTP_NOT_MODIFIED) {
        more[n++] = "Content-Encoding";
    }
    if (apr_table_get(r->headers_in, "Range")) {
        more[n++] = "Content-Range";
    }
    more[n] = NULL;
    return cors_verdict_expose(verdict, tables, more, r->pool);
}

static void write_cors(request_rec *r, const cors_verdict_t *verdict)
{
    add(r, fields[ALLOW_ORIGIN], verdict->allow_origin);
    if (verdict->credentials) {
        add(r, fields[ALLOW_CREDENTIALS], "true");
    }
    add(r, fields[ALLOW_METHODS], verdict->allow_methods);
    add(r, fields[ALLOW_HEADERS], verdict->allow_headers);
    add(r, fields[MAX_AGE], verdict->max_age);
    if (verdict->allow_private_network) {
        add(r, fields[ALLOW_PRIVATE_NETWORK], "true");
    }
    add(r, fields[EXPOSE_HEADERS], expose(r, verdict));
}

/* Whether the CORS fields of others stay: never on an answer of the module's
 * own, which has no upstream. */
static int keeps_upstream(const request_rec *r, const cors_verdict_t *verdict)
{
    return verdict->policy->setting[CORS_UPSTREAM] == CORS_UPSTREAM_KEEP
           && !cors_verdict_is_answer(verdict)
           && is_set(r, fields[ALLOW_ORIGIN]);
}

static void write_headers(request_rec *r, const cors_verdict_t *verdict)
{
    const char *vary = cors_verdict_vary(verdict);
    const char *debug = cors_verdict_debug(verdict, r->pool);
    int has_cors = 0, n_vary = 0;

    survey(r->headers_out, &has_cors, &n_vary);
    survey(r->err_headers_out, &has_cors, &n_vary);
    if (vary || n_vary > 1) {
        write_vary(r, vary ? vary : "", n_vary);
    }
    if (verdict->policy->setting[CORS_TIMING]
        && verdict->kind != CORS_PREFLIGHT) {
        unset_both(r, timing_allow_origin);
        add(r, timing_allow_origin, verdict->allow_origin);
    }
    if (debug) {
        unset_both(r, "CORS-Debug");
        add(r, "CORS-Debug", debug);
    }
    if (has_cors) {
        if (keeps_upstream(r, verdict)) {
            return;
        }
        unset_cors(r);
    }
    write_cors(r, verdict);
}

/* Whether a policy sets headers; ReportOnly does not. */
static int is_on(const cors_policy_t *policy)
{
    return policy && policy->setting[CORS_ENGINE] == CORS_ENGINE_ON;
}

/* CorsEngine ReportOnly: the response stays as it is; the fields that it would
 * have are written into copies of its tables. */
static void report(const request_rec *r, const cors_verdict_t *verdict)
{
    cors_policy_t policy = *verdict->policy;
    cors_verdict_t would = *verdict;
    request_rec response = *r;

    policy.setting[CORS_ENGINE] = CORS_ENGINE_ON;
    would.policy = &policy;
    response.headers_out = apr_table_copy(r->pool, r->headers_out);
    response.err_headers_out = apr_table_copy(r->pool, r->err_headers_out);
    write_headers(&response, &would);
    cors_report(r, &would,
                apr_table_overlay(r->pool, response.err_headers_out,
                                  response.headers_out),
                cors_verdict_is_answer(&would) ? cors_verdict_status(&would)
                : cors_enforce_forbids(r, &would) ? HTTP_FORBIDDEN : 0);
}

/* The filter has no verdict where a SetOutputFilter names it. */
static apr_status_t write_filter(ap_filter_t *f, apr_bucket_brigade *brigade)
{
    if (f->ctx) {
        const cors_verdict_t *verdict = f->ctx;

        if (is_on(verdict->policy)) {
            cors_request_check_redirect(f->r);
            write_headers(f->r, verdict);
        }
        else if (APLOGrinfo(f->r)) {
            report(f->r, verdict);
        }
    }
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, brigade);
}

void cors_response_register(void)
{
    filter_handle = ap_register_output_filter("CORS", write_filter, NULL,
                                              AP_FTYPE_CONTENT_SET);
    late_filter_handle = ap_register_output_filter("CORS_LATE", write_filter,
                                                   NULL,
                                                   AP_FTYPE_CONTENT_SET + 2);
}

void cors_response_find_neighbours(void)
{
    header_always_handle = ap_get_output_filter_handle("FIXUP_HEADERS_ERR");
    has_cache = ap_get_output_filter_handle("CACHE_SAVE") != NULL;
}

/* Whether a filter is followed by others that could set fields. */
static int is_followed(const ap_filter_t *f)
{
    return f->next && f->next->r == f->r
           && f->next->frec->ftype <= AP_FTYPE_CONTENT_SET;
}

static void insert(ap_filter_rec_t *handle, request_rec *r,
                   const cors_verdict_t *verdict)
{
    ap_filter_t *f = r->output_filters;

    while (f && f->r == r && (f->frec != handle || !f->ctx)) {
        f = f->next;
    }
    if (f && f->r == r) {
        if (!is_followed(f)) {
            return;
        }
        ap_remove_output_filter(f);
    }
    ap_add_output_filter_handle(handle, (void *)verdict, r, r->connection);
}

/* Whether a RequestHeader has changed the Origin that the verdict is on. */
static int has_other_origin(const request_rec *r,
                            const cors_verdict_t *verdict)
{
    const char *asked = cors_request_origin(r);
    const char *now = apr_table_get(r->headers_in, "Origin");

    return verdict->varies
           && (asked && now ? strcmp(asked, now) != 0 : asked != now);
}

/* mod_cache knows a response by the URL that it comes from, be that what a
 * request was redirected to within the server, and by the Origin that the
 * request has then.  What it has of them gets the headers of this verdict, and
 * what comes of another policy or Origin is not stored, unless neither policy
 * sets any. */
static void mind_cache(request_rec *r, const cors_verdict_t *verdict)
{
    const cors_policy_t *const of_url = cors_config_policy(r);
    const int is_other = !cors_policy_is_same(of_url, verdict->policy)
                         || has_other_origin(r, verdict);

    if (is_other && (is_on(of_url) || is_on(verdict->policy))) {
        apr_table_setn(r->subprocess_env, "no-cache", "cors");
    }
    if ((is_other || r->prev) && is_on(verdict->policy)) {
        insert(late_filter_handle, r, verdict);
    }
}

void cors_response_prepare(request_rec *r, const cors_verdict_t *verdict)
{
    insert(filter_handle, r, verdict);
    if (has_cache) {
        mind_cache(r, verdict);
    }
}

/* The response comes about as an error response does, short of what could make
 * it any page's answer: no ErrorDocument, no session, no page; "Header always"
 * lines hold for it, those for security among them.  Its body is read before
 * the status is set, so that a broken one ends in an error of its own.  A
 * client that waits to be asked for one is not: no preflight has a body. */
int cors_response_preflight(request_rec *r, const cors_verdict_t *verdict)
{
    if (r->expecting_100) {
        r->connection->keepalive = AP_CONN_CLOSE;
    }
    else if (ap_request_has_body(r)) {
        const int rv = ap_discard_request_body(r);

        if (rv != OK) {
            return rv;
        }
    }
    r->status = cors_verdict_status(verdict);
    if (header_always_handle) {
        ap_add_output_filter_handle(header_always_handle, NULL, r,
                                    r->connection);
    }
    cors_response_prepare(r, verdict);
    return DONE;
}
