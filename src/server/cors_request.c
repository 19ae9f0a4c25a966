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
#include <http_request.h>

#include "../core/cors_token.h"
#include "cors_config.h"
#include "cors_log.h"
#include "cors_module.h"
#include "cors_request.h"

#define REQUESTED "Access-Control-Request-"

request_rec *cors_request_first(const request_rec *r)
{
    while (r->prev) {
        r = r->prev;
    }
    return (request_rec *)r;
}

/* A subrequest that looks for the policy of a preflight. */
typedef struct {
    int is_running;
    int passes_redirects;
    int is_done;                    /* it has come to its policy, if any */
    const cors_policy_t *policy;
} look_up_t;

/* What is known of a request, or of the first of a chain. */
typedef struct {
    cors_asked_t asked;             /* once and for all */
    const char *site;               /* Sec-Fetch-Site, where there is an
                                     * Origin */
    cors_verdict_t verdict;         /* on that */
    int is_read;
    int is_decided;
    look_up_t look_up;
} state_t;

static state_t *find_state(const request_rec *r)
{
    return ap_get_module_config(cors_request_first(r)->request_config,
                                &cors_module);
}

static state_t *need_state(const request_rec *r)
{
    const request_rec *first = cors_request_first(r);
    state_t *state = find_state(first);

    if (!state) {
        state = apr_pcalloc(first->pool, sizeof(*state));
        ap_set_module_config(first->request_config, &cors_module, state);
    }
    return state;
}

const cors_verdict_t *cors_request_verdict(const request_rec *r)
{
    const state_t *state = find_state(r);

    return state && state->is_decided ? &state->verdict : NULL;
}

const char *cors_request_origin(const request_rec *r)
{
    return find_state(r)->asked.origin;
}

const char *cors_request_site(const request_rec *r)
{
    return find_state(r)->site;
}

/* The method that the client used; an ErrorDocument is got with GET, and where
 * that fails, what it is of has that method, too. */
static const char *asked_method(const request_rec *r)
{
    const request_rec *first = cors_request_first(r);
    const char *method = !first->next ? NULL
                         : apr_table_get(first->subprocess_env,
                                         "REQUEST_METHOD");

    return method ? method : first->method;
}

/* What CORS has nothing to say to, nor to the error documents of it:
 * subrequests, whose headers are not sent; forward-proxy requests, whose URL is
 * another server's; methods that no page can use; and "OPTIONS *", which has no
 * resource.  There is no method where the request line cannot be read. */
static int is_left_alone(const request_rec *r)
{
    const request_rec *first = cors_request_first(r);
    const char *method = asked_method(r);

    return r->main || first->proxyreq == PROXYREQ_PROXY
           || (method && (!strcmp(method, "CONNECT")
                          || !strcmp(method, "TRACE")))
           || (first->uri && !strcmp(first->uri, "*"));
}

/* The policy of a request.  Of one that failed before its sections were
 * known, or while httpd looked for the file, what <Location> says of the URL
 * can be told all the same. */
static const cors_policy_t *policy_of(request_rec *r)
{
    ap_conf_vector_t *const before = r->per_dir_config;
    const state_t *state = ap_get_module_config(r->request_config,
                                                &cors_module);
    const cors_policy_t *policy;

    if (state && state->look_up.is_done) {
        return state->look_up.policy;
    }
    if (r->status != HTTP_OK && before == r->server->lookup_defaults
        && r->uri && *r->uri == '/') {
        ap_location_walk(r);
    }
    policy = cors_config_policy(r);
    r->per_dir_config = before;
    return policy;
}

/* The policy of the first request up to r that has one. */
static const cors_policy_t *find_policy(request_rec *r)
{
    request_rec *q = cors_request_first(r);
    const cors_policy_t *policy = NULL;

    for (; q != r && !policy; q = q->next) {
        policy = policy_of(q);
    }
    return policy ? policy : policy_of(r);
}

/* What a preflight asks for.  One walk for the three fields costs 300
 * instructions less than three look-ups of names that begin alike. */
static void read_requested(cors_asked_t *asked, const apr_table_t *headers_in)
{
    const apr_array_header_t *fields = apr_table_elts(headers_in);
    int i;

    for (i = 0; i < fields->nelts; i++) {
        const apr_table_entry_t *field = &APR_ARRAY_IDX(fields, i,
                                                        apr_table_entry_t);
        const char *name;

        if ((*field->key != 'A' && *field->key != 'a')
            || strncasecmp(field->key, REQUESTED, CORS_LEN(REQUESTED)) != 0) {
            continue;
        }
        name = field->key + CORS_LEN(REQUESTED);
        if (!asked->method && !strcasecmp(name, "Method")) {
            asked->method = field->val;
        }
        else if (!asked->headers && !strcasecmp(name, "Headers")) {
            asked->headers = field->val;
        }
        else if (!strcasecmp(name, "Private-Network")) {
            asked->private_network = !strcmp(field->val, "true");
        }
    }
}

static void read_asked(state_t *state, const request_rec *r)
{
    cors_asked_t *asked = &state->asked;
    const char *method = asked_method(r);

    memset(state, 0, sizeof(*state));
    asked->origin = apr_table_get(r->headers_in, "Origin");
    if (asked->origin && !strcmp(method, "OPTIONS")) {
        read_requested(asked, r->headers_in);
    }
    asked->kind = cors_kind(method, asked->origin, asked->method);
    if (asked->kind == CORS_ACTUAL) {
        state->site = apr_table_get(r->headers_in, "Sec-Fetch-Site");
    }
    state->is_read = 1;
}

/* "granted" or "refused", if there is something to grant. */
static const char *verdict_word(const cors_verdict_t *verdict)
{
    if (verdict->kind == CORS_NONE) {
        return NULL;
    }
    return verdict->reason == CORS_GRANTED ? "granted" : "refused";
}

static void publish(request_rec *r, const cors_verdict_t *verdict)
{
    const char *word = verdict_word(verdict);

    apr_table_setn(r->subprocess_env, CORS_ENV_REQUEST,
                   cors_kind_word(verdict->kind));
    if (word) {
        apr_table_setn(r->subprocess_env, CORS_ENV_VERDICT, word);
    }
    if (verdict->reason != CORS_GRANTED) {
        apr_table_setn(r->subprocess_env, CORS_ENV_REASON,
                       cors_reason_word(verdict->reason));
    }
}

/* Decide by a policy that is in force on what has been asked. */
static const cors_verdict_t *decide_by(const request_rec *r, state_t *state,
                                       const cors_policy_t *policy)
{
    request_rec *first = cors_request_first(r);
    const cors_asked_t *asked = &state->asked;

    cors_decide(&state->verdict, policy, asked, r->pool);
    state->is_decided = 1;
    cors_log_verdict(first, &state->verdict, asked,
                     asked->method ? asked->method : asked_method(r));
    /* The condition of a CustomLog is asked of the first of a chain. */
    publish(first, &state->verdict);
    if (policy->hazards) {
        cors_log_hazards(first, policy);
    }
    return &state->verdict;
}

/* What a page asks is read as soon as the first request of a chain comes here,
 * since RequestHeader changes it on the way to one that has a policy. */
const cors_verdict_t *cors_request_decide(request_rec *r)
{
    const cors_policy_t *policy;
    state_t *state;

    if (is_left_alone(r)) {
        return NULL;
    }
    policy = find_policy(r);
    if (!policy && (!cors_config_is_used(r->server)
                    || !apr_table_get(r->headers_in, "Origin"))) {
        return NULL;
    }
    state = need_state(r);
    if (!state->is_read) {
        read_asked(state, r);
    }
    return policy ? decide_by(r, state, policy) : NULL;
}

/*
 * Preflights and redirects.
 */

/* What is asked by a preflight that nothing has been done about yet; NULL of
 * another request. */
static state_t *find_fresh_preflight(const request_rec *r)
{
    state_t fresh;
    state_t *state;

    if (r->method_number != M_OPTIONS || r->prev || is_left_alone(r)
        || find_state(r)) {
        return NULL;
    }
    read_asked(&fresh, r);
    if (fresh.asked.kind != CORS_PREFLIGHT) {
        return NULL;
    }
    state = need_state(r);
    *state = fresh;
    return state;
}

/* The URL as the client sent it, without scheme and host. */
static const char *asked_url(const request_rec *r)
{
    apr_uri_t uri;

    if (*r->unparsed_uri == '/'
        || apr_uri_parse(r->pool, r->unparsed_uri, &uri) != APR_SUCCESS) {
        return r->unparsed_uri;
    }
    return uri.query ? apr_pstrcat(r->pool, uri.path, "?", uri.query, NULL)
                     : uri.path;
}

/* Look for the policy of a preflight that the server is about to redirect, or
 * refuses to translate: by a subrequest, for which most rules that redirect do
 * not hold, and which cors_request_look_up() ends as soon as its sections are
 * known.  It is not destroyed: the policy of a .htaccess lives as long as it
 * does. */
static void run_look_up(request_rec *r, look_up_t *look_up, const char *method)
{
    apr_table_t *const err_headers_out = r->err_headers_out;

    /* A RewriteRule of a subrequest sets its cookies here. */
    r->err_headers_out = apr_table_copy(r->pool, err_headers_out);
    look_up->is_running = 1;
    ap_sub_req_method_uri(method, asked_url(r), r, NULL);
    look_up->is_running = 0;
    r->err_headers_out = err_headers_out;
}

/* Rules may send OPTIONS alone away, and the directory decides on the rest.
 * Where GET does not get there either, the actual request will be sent away,
 * too: then a redirect is passed over, and last what the URL's <Location> and
 * the server say holds. */
static const cors_policy_t *look_up_policy(request_rec *r, look_up_t *look_up)
{
    run_look_up(r, look_up, "OPTIONS");
    if (!look_up->is_done) {
        run_look_up(r, look_up, "GET");
    }
    if (!look_up->is_done) {
        look_up->passes_redirects = 1;
        run_look_up(r, look_up, "GET");
    }
    return look_up->is_done ? look_up->policy : cors_config_policy(r);
}

/* The look-up that a subrequest is, or NULL. */
static look_up_t *find_look_up(const request_rec *r)
{
    state_t *state = r->main ? find_state(r->main) : NULL;

    return state && state->look_up.is_running ? &state->look_up : NULL;
}

int cors_request_look_up(const request_rec *r)
{
    look_up_t *look_up = find_look_up(r);

    if (!look_up) {
        return 0;
    }
    look_up->is_done = 1;
    look_up->policy = cors_config_policy(r);
    return 1;
}

/* A request before its URL is translated.  Its tables are nearly always
 * empty. */
static void remember(request_rec *before, const request_rec *r)
{
    *before = *r;
    before->headers_out = apr_is_empty_table(r->headers_out)
        ? NULL : apr_table_copy(r->pool, r->headers_out);
    before->err_headers_out = apr_is_empty_table(r->err_headers_out)
        ? NULL : apr_table_copy(r->pool, r->err_headers_out);
}

static void restore(apr_table_t **table, apr_table_t *before)
{
    if (before) {
        *table = before;
    }
    else {
        apr_table_clear(*table);
    }
}

/* Take back what translating a URL into a redirect has left in a request. */
static void untranslate(request_rec *r, const request_rec *before)
{
    r->uri = before->uri;
    r->args = before->args;
    r->filename = before->filename;
    r->path_info = before->path_info;
    r->handler = before->handler;
    restore(&r->headers_out, before->headers_out);
    restore(&r->err_headers_out, before->err_headers_out);
}

/* A Redirect holds for subrequests, too, and a RewriteRule to a URL of another
 * site.  A look-up that passes them over looks below DocumentRoot. */
static int translate_look_up(request_rec *r)
{
    look_up_t *look_up = find_look_up(r);
    request_rec before;
    int rv;

    if (!look_up || !look_up->passes_redirects) {
        return DECLINED;
    }
    look_up->passes_redirects = 0;
    remember(&before, r);
    rv = ap_run_translate_name(r);
    if (ap_is_HTTP_REDIRECT(rv)) {
        untranslate(r, &before);
        rv = ap_core_translate(r);
    }
    return rv;
}

int cors_request_translate(request_rec *r)
{
    const cors_policy_t *policy = NULL;
    request_rec before;
    state_t *state;
    int rv;

    if (r->main) {
        return translate_look_up(r);
    }
    state = cors_config_is_used(r->server) ? find_fresh_preflight(r) : NULL;
    if (!state) {
        return DECLINED;
    }
    remember(&before, r);
    rv = ap_run_translate_name(r);
    if (rv == OK && r->uri == before.uri && cors_config_is_final(r->server)) {
        policy = cors_config_policy(r);
    }
    else if (ap_is_HTTP_VALID_RESPONSE(rv)) {
        policy = look_up_policy(r, &state->look_up);
        if (!policy && !state->look_up.is_done) {
            cors_log_unanswered(r, &state->asked, rv,
                                apr_table_get(r->headers_out, "Location"));
        }
    }
    if (policy && cors_verdict_is_answer(decide_by(r, state, policy))
        && rv != OK) {
        untranslate(r, &before);
    }
    return rv;
}

void cors_request_publish(request_rec *r, const cors_verdict_t *verdict)
{
    /* Where an error document fails, the first request's error is the answer,
     * and the last of the chain is logged. */
    for (; r; r = r->next) {
        if (r->prev) {
            publish(r, verdict);
        }
    }
}

const mod_cors_verdict_t *cors_request_tell(const request_rec *r)
{
    const cors_verdict_t *verdict;
    mod_cors_verdict_t *told;

    while (r->main) {
        r = r->main;
    }
    verdict = cors_request_verdict(r);
    if (!verdict) {
        return NULL;
    }
    told = apr_pcalloc(r->pool, sizeof(*told));
    told->request = cors_kind_word(verdict->kind);
    told->verdict = verdict_word(verdict);
    told->reason = cors_reason_word(verdict->reason);
    told->allow_origin = verdict->allow_origin;
    told->credentials = verdict->credentials;
    told->is_report_only = verdict->policy->setting[CORS_ENGINE]
                           == CORS_ENGINE_REPORT_ONLY;
    return told;
}

void cors_request_check_redirect(request_rec *r)
{
    state_t *state = find_state(r);
    cors_verdict_t *verdict = &state->verdict;
    const char *target;

    if (verdict->kind != CORS_PREFLIGHT || verdict->reason != CORS_GRANTED
        || !ap_is_HTTP_REDIRECT(r->status)) {
        return;
    }
    target = apr_table_get(r->headers_out, "Location");
    if (!target) {
        target = apr_table_get(r->err_headers_out, "Location");
    }
    cors_verdict_refuse(verdict, CORS_PREFLIGHT_REDIRECTED);
    cors_log_redirect(cors_request_first(r), verdict, &state->asked,
                      target);
    publish(cors_request_first(r), verdict);
    cors_request_publish(r, verdict);
}
