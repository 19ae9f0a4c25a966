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
#include <http_protocol.h>
#include <util_filter.h>

#include "../core/cors_token.h"
#include "cors_response.h"

#define LEN(literal) (sizeof(literal) - 1)

#define CORS_FIELD "Access-Control-"

/* The fields that a response may carry and that the module answers for. */
static const char *const cors_fields[] = {
    CORS_FIELD "Allow-Origin",
    CORS_FIELD "Allow-Credentials",
    CORS_FIELD "Expose-Headers",
    CORS_FIELD "Allow-Methods",
    CORS_FIELD "Allow-Headers",
    CORS_FIELD "Max-Age",
    CORS_FIELD "Allow-Private-Network"
};

static ap_filter_rec_t *filter_handle;

/* Whether a table has fields that begin with "Access-Control-", and whether
 * it has Vary: two questions, one walk.  "Accept-Ranges" and its like, which
 * most responses have, are told apart by their fifth byte. */
static void survey(const apr_table_t *table, int *has_cors, int *has_vary)
{
    const apr_array_header_t *fields = apr_table_elts(table);
    const apr_table_entry_t *field = (const apr_table_entry_t *)fields->elts;
    const apr_table_entry_t *const end = field + fields->nelts;

    for (; field < end; field++) {
        const char *name = field->key;

        if ((*name | 0x20) == 'a') {
            *has_cors |= strlen(name) > 4 && (name[4] | 0x20) == 's'
                         && !strncasecmp(name, CORS_FIELD, LEN(CORS_FIELD));
        }
        else if ((*name | 0x20) == 'v') {
            *has_vary |= !strcasecmp(name, "Vary");
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
    size_t i;

    for (i = 0; i < sizeof(cors_fields) / sizeof(cors_fields[0]); i++) {
        unset_both(r, cors_fields[i]);
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
    const apr_array_header_t *fields = apr_table_elts(table);
    int i;

    for (i = 0; i < fields->nelts; i++) {
        const apr_table_entry_t *field = &APR_ARRAY_IDX(fields, i,
                                                        apr_table_entry_t);

        if (!strcasecmp(field->key, "Vary")) {
            list = cors_list_merge(list, field->val, pool);
        }
    }
    return list;
}

/* One Vary field that keeps the names of all: a cache that finds two compares
 * the first alone with what it stored, and never hits. */
static void write_vary(request_rec *r, const char *names, int has_vary)
{
    const char *merged;

    if (!has_vary) {
        apr_table_addn(r->headers_out, "Vary", names);
        return;
    }
    merged = merge_vary("", r->headers_out, r->pool);
    merged = merge_vary(merged, r->err_headers_out, r->pool);
    merged = cors_list_merge(merged, names, r->pool);
    unset_both(r, "Vary");
    apr_table_addn(r->headers_out, "Vary", merged);
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
    tables[0] = r->headers_out;
    tables[1] = r->err_headers_out;
    tables[2] = NULL;
    more[n++] = "Date";
    more[n++] = "Server";
    if (r->content_encoding && !AP_STATUS_IS_HEADER_ONLY(r->status)) {
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
    add(r, "Access-Control-Allow-Origin", verdict->allow_origin);
    if (verdict->credentials) {
        add(r, "Access-Control-Allow-Credentials", "true");
    }
    add(r, "Access-Control-Allow-Methods", verdict->allow_methods);
    add(r, "Access-Control-Allow-Headers", verdict->allow_headers);
    add(r, "Access-Control-Max-Age", verdict->max_age);
    if (verdict->allow_private_network) {
        add(r, "Access-Control-Allow-Private-Network", "true");
    }
    add(r, "Access-Control-Expose-Headers", expose(r, verdict));
}

/* Whether the CORS fields of others stay: never on an answer of the module's
 * own, which has no upstream. */
static int keeps_upstream(const request_rec *r, const cors_verdict_t *verdict)
{
    return verdict->policy->setting[CORS_UPSTREAM] == CORS_UPSTREAM_KEEP
           && !cors_verdict_is_answer(verdict)
           && is_set(r, "Access-Control-Allow-Origin");
}

static void write_headers(request_rec *r, const cors_verdict_t *verdict)
{
    const char *vary = cors_verdict_vary(verdict);
    int has_cors = 0, has_vary = 0;

    survey(r->headers_out, &has_cors, &has_vary);
    survey(r->err_headers_out, &has_cors, &has_vary);
    if (vary) {
        write_vary(r, vary, has_vary);
    }
    if (verdict->policy->setting[CORS_TIMING]
        && verdict->kind != CORS_PREFLIGHT) {
        unset_both(r, "Timing-Allow-Origin");
        add(r, "Timing-Allow-Origin", verdict->allow_origin);
    }
    if (has_cors) {
        if (keeps_upstream(r, verdict)) {
            return;
        }
        unset_cors(r);
    }
    write_cors(r, verdict);
}

static apr_status_t write_filter(ap_filter_t *f, apr_bucket_brigade *brigade)
{
    write_headers(f->r, f->ctx);
    ap_remove_output_filter(f);
    return ap_pass_brigade(f->next, brigade);
}

void cors_response_register(void)
{
    filter_handle = ap_register_output_filter("CORS", write_filter, NULL,
                                              AP_FTYPE_CONTENT_SET);
}

void cors_response_prepare(request_rec *r, const cors_verdict_t *verdict)
{
    if (verdict->policy->setting[CORS_ENGINE] == CORS_ENGINE_ON) {
        ap_add_output_filter_handle(filter_handle, (void *)verdict, r,
                                    r->connection);
    }
}

/* The hooks that mend error responses run, this module's and mod_headers' for
 * "Header always" among them; an ErrorDocument, which could be anything, does
 * not. */
void cors_response_preflight(request_rec *r, const cors_verdict_t *verdict)
{
    if (verdict->reason != CORS_GRANTED) {
        r->status = HTTP_FORBIDDEN;
    }
    else if (verdict->policy->setting[CORS_PREFLIGHT_STATUS]
             == CORS_PREFLIGHT_200) {
        r->status = HTTP_OK;
    }
    else {
        r->status = HTTP_NO_CONTENT;
    }
    ap_run_insert_error_filter(r);
}
